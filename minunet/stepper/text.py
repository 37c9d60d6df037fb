"""What a stepper finds out, in plain text."""


def trace_as_text(trace) -> str:
    """A line for each value on the way back, with the part of it that had a say."""
    rows = [
        (stop.event, stop.value, f"rows {_span(stop.box.rows)}, columns {_span(stop.box.columns)}", _size(stop.box))
        for stop in trace.stops
    ]
    widths = [max((len(row[k]) for row in rows), default=0) for k in range(3)]
    lines = [f"{trace.what}[{','.join(map(str, trace.index))}] comes from"]
    for row in rows:
        lines.append(
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)).rstrip()
        )
    if trace.path:
        lines.append("the largest term each time:")
        lines += [f"  {name}[{','.join(map(str, index))}] = {number:.9g}" for name, index, number in trace.path]
    return "\n".join(lines)


def _span(span):
    first, last = span
    return f"{first}..{last}" if first < last else str(first)


def _size(box):
    return f"{box.height}x{box.width}"
