"""Explains the skip connection: crop and concatenate, and where it splits (see `minunet.layers.crop_concat`)."""

from ...layers.crop_concat import centre
from .explanation import Factor, Group, rounding


def explain_out(values, n, c, h, w):
    """A copy: of the cropped skip in the first channels, of what came up in the others."""
    skip, x = values["skip"], values["x"]
    top, left, channels = _offset(skip, x)
    if c < channels:
        source, index = skip, (n, c, top + h, left + w)
        note = f"the skip loses {top} rows above and {left} columns to the left: h + {top}, w + {left}"
    else:
        source, index = x, (n, c - channels, h, w)
        note = f"channels from {channels} on are what came up from below"
    where = "skip" if c < channels else "x"
    return {
        "equation": "out[n,c,h,w] = skip[n,c,h+top,w+left] for c < Cs, else x[n,c-Cs,h,w]",
        "here": f"out[{n},{c},{h},{w}] = {where}[{','.join(map(str, index))}]",
        "groups": (Group(f"{where}[{','.join(map(str, index))}]", (Factor.at(source.name, source.array, index),)),),
        "bound": 0.0,
        "notes": (note,),
    }


def explain_dskip(values, n, c, p, q):
    """The gradient of the crop's pixels; 0 where the skip was cropped away."""
    skip, x, dout = values["skip"], values["x"], values["dout"]
    top, left, _ = _offset(skip, x)
    h, w = p - top, q - left
    inside = 0 <= h < x.array.shape[2] and 0 <= w < x.array.shape[3]
    group = Group(f"dout[{n},{c},{h},{w}]", (Factor.at(dout.name, dout.array, (n, c, h, w)),)) if inside else None
    return {
        "equation": "dskip[n,c,p,q] = dout[n,c,p-top,q-left] inside the crop, else 0",
        "here": f"dskip[{n},{c},{p},{q}] = " + (group.formula if group else "0"),
        "groups": (group,) if group else (),
        "bound": 0.0,
        "notes": (f"{'' if inside else 'cropped away: '}the crop begins at ({top}, {left})",),
    }


def explain_dx(values, n, c, h, w):
    """The gradient of the channels that came up from below."""
    skip, x, dout = values["skip"], values["x"], values["dout"]
    channels = _offset(skip, x)[2]
    return {
        "equation": "dx[n,c,h,w] = dout[n,Cs+c,h,w]",
        "here": f"dx[{n},{c},{h},{w}] = dout[{n},{channels}+{c},{h},{w}]",
        "groups": (
            Group(f"dout[{n},{channels + c},{h},{w}]", (Factor.at(dout.name, dout.array, (n, channels + c, h, w)),)),
        ),
        "bound": 0.0,
    }


def explain_split(values, *index):
    """Where the skip begins the map is used twice: it is pooled, and sent across."""
    x, here = values["x"], ",".join(map(str, index))
    return {
        "equation": "out = x, used twice",
        "here": f"out[{here}] = x[{here}]",
        "groups": (Group(f"x[{here}]", (Factor.at(x.name, x.array, index),)),),
        "bound": 0.0,
    }


def explain_join(values, *index):
    """What was used twice has two gradients, and they add."""
    dpool, dskip, here = values["dpool"], values["dskip"], ",".join(map(str, index))
    groups = tuple(
        Group(f"{name}[{here}]", (Factor.at(value.name, value.array, index),))
        for name, value in (("dpool", dpool), ("dskip", dskip))
    )
    return {
        "equation": "dx = dpool + dskip",
        "here": f"dx[{here}] = {groups[0].formula} + {groups[1].formula}",
        "groups": groups,
        "bound": rounding(dpool.array.dtype, 2, sum(abs(group.products[0]) for group in groups)),
        "notes": ("one gradient comes up through the pooling, the other across the skip connection",),
    }


def _offset(skip, x):
    """Rows and columns that the crop leaves out above and to the left, and the skip's channels."""
    rows, columns = centre(skip.array.shape, x.array.shape)
    return rows.start, columns.start, skip.array.shape[1]
