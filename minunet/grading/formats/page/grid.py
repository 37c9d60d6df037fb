"""An array as NumPy prints it, as little tables: one for each map of its last two axes."""

import json
from itertools import product

from ..inert import in_html
from .document import text


def array(value: str) -> str:
    """HTML; what is no array of numbers is shown as it is."""
    try:
        nested = json.loads(value, parse_int=str, parse_float=str)
        shape = _shape(nested)
    except (ValueError, RecursionError):
        return f"<pre>{in_html(value)}</pre>"
    if len(shape) < 2:
        return _table([nested] if shape else [[nested]], "")
    maps = []
    for place in product(*map(range, shape[:-2])):
        rows = nested
        for index in place:
            rows = rows[index]
        name = f"[{', '.join(map(str, place))}]" if shape[:-2] != [1] * len(place) else ""
        maps.append(_table(rows, name))
    return f'<div class="maps">{"".join(maps)}</div>'


def _shape(nested):
    """Its sizes; `ValueError` where it is ragged, empty or holds anything but numbers."""
    if isinstance(nested, str):
        float(nested)
        return []
    if not isinstance(nested, list) or not nested:
        raise ValueError("no array")
    shapes = [_shape(part) for part in nested]
    if any(shape != shapes[0] for shape in shapes):
        raise ValueError("ragged")
    return [len(nested), *shapes[0]]


def _table(rows, name):
    caption = f"<caption>{name}</caption>" if name else ""
    body = "".join(f"<tr>{''.join(f'<td>{text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="map">{caption}{body}</table>'
