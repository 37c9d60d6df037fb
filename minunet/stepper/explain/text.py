"""An explanation in plain text, for a terminal, a log or a diff."""

import numpy as np

MOST = 12  # terms shown; of more, the largest
NUMBER = 17  # characters that a factor's number takes, and the space behind it


def as_text(explanation, most: int = MOST) -> str:
    """The formula, the terms that weigh most, their total, and the value stored.

    Parameters
    ----------
    explanation : Explanation
    most : int
        How many terms to show; they stand in the order of their indices.
    """
    lines = [
        f"{explanation.what}{_index(explanation.index)} = {explanation.value:.9g}",
        f"  {explanation.equation}",
        f"  {explanation.here}",
        *_candidates(explanation),
        *_terms(explanation, most),
    ]
    difference = abs(explanation.total - explanation.value)
    verdict = "agrees" if explanation.agrees else "DISAGREES: this layer computed something else"
    lines.append(
        f"  total {explanation.total:.9g}, stored {explanation.value:.9g}, difference {difference:.2g}; "
        f"rounding allows {explanation.bound:.2g}: {verdict}"
    )
    return "\n".join([*lines, *(f"  {note}" for note in explanation.notes)])


def _candidates(explanation):
    if explanation.candidates is None:
        return
    compared = explanation.candidates
    for k, number in enumerate(compared.values):
        place = f"{compared.name}{_index(compared.indices[k])}" if compared.indices[k][0] >= 0 else "0"
        yield f"  {'>' if k == explanation.winner else ' '} {number: .9g}  {place}"


def _terms(explanation, most):
    """A table: term, factors, and where each lies."""
    rows: list[list[str]] = []
    groups = []
    for group in explanation.groups:
        products = group.products
        groups.append((f"{group.formula}: {_count(len(products))}, sum {products.sum():.9g}", len(rows)))
        shown = np.sort(np.argsort(-np.abs(products), kind="stable")[:most])
        for k in shown:
            cells = [f"{products[k]: .9g}"]
            for factor in group.factors:
                place = factor.name + (_index(factor.indices[k]) if factor.indices is not None else "")
                cells.append(f"{factor.values[k]: .9g}".ljust(NUMBER) + place)
            rows.append(cells)
        if len(products) > most:
            rows.append([f"... {len(products) - most} smaller ones, sum {np.delete(products, shown).sum():.9g}"])
    columns = max((len(row) for row in rows), default=0)
    widths = [max((len(row[k]) for row in rows if len(row) > max(k, 1)), default=0) for k in range(columns)]
    heads = {start: title for title, start in groups}
    for number, row in enumerate(rows):
        if number in heads:
            yield f"  {heads[number]}"
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "    " + (" = ".join((padded[0], " · ".join(padded[1:]))) if len(row) > 1 else row[0]).rstrip()


def _count(number):
    return f"{number:,} term{'s' * (number != 1)}"


def _index(index):
    return "[" + ",".join(str(int(i)) for i in index) + "]"
