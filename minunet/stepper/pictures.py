"""Arrays as small pictures made of characters.

A character is twice as high as it is wide: a half block in one colour on another shows two pixels, one above the other.
Values of a forward pass are grey, from their lowest to their highest; gradients go from blue through white to
red, white at 0. Plain, without colours, denser characters are higher values, and the two halves are one.
"""

import numpy as np

RAMP = " .:-=+*#%@"
HALF_BLOCK = "▀"
RESET = "\x1b[0m"
BLUE, WHITE, RED = (np.array(colour, float) for colour in ((38, 92, 199), (245, 245, 245), (203, 40, 48)))


def picture(plane: np.ndarray, rows: int, columns: int, diverging: bool = False, plain: bool = False) -> list[str]:
    """A map (H, W) as lines of characters.

    Parameters
    ----------
    plane : array (H, W)
    rows, columns : int
        Room for it, in characters: at most one for each pixel across, and one for two pixels down.
    diverging : bool
        0 is in the middle of the scale.
    plain : bool
        Without colours.
    """
    small = shrunk(np.asarray(plane, float), 2 * rows, columns)
    scaled = unit(small, diverging)
    if plain:
        upper, lower = scaled[::2], np.vstack([scaled[1::2], scaled[-1:]])[: len(scaled[::2])]
        levels = np.nan_to_num((upper + lower) / 2 * (len(RAMP) - 1)).round().astype(int)
        return ["".join(RAMP[level] for level in line).rstrip() for line in levels]
    colours = (coloured(scaled) if diverging else np.repeat(scaled[..., None] * 255, 3, axis=-1)).round()
    colours = np.nan_to_num(colours, nan=0.0).astype(int)
    if len(colours) % 2:
        colours = np.vstack([colours, colours[-1:]])
    return [
        "".join(
            f"\x1b[38;2;{up[0]};{up[1]};{up[2]};48;2;{down[0]};{down[1]};{down[2]}m{HALF_BLOCK}"
            for up, down in zip(upper, lower, strict=True)
        )
        + RESET
        for upper, lower in zip(colours[::2], colours[1::2], strict=True)
    ]


def side_by_side(pictures: list[list[str]], titles: list[str], width: int) -> list[str]:
    """Pictures of `width` characters each beside each other, each under its title."""
    lines = ["  ".join(title[:width].ljust(width) for title in titles).rstrip()]
    for row in range(max(map(len, pictures))):
        cells = [part[row] if row < len(part) else "" for part in pictures]
        lines.append("  ".join(cell + " " * max(0, width - visible(cell)) for cell in cells).rstrip(" "))
    return lines


def visible(text: str) -> int:
    """How many characters of a line are seen: colours take no room."""
    return text.count(HALF_BLOCK) if "\x1b" in text else len(text)


def shrunk(plane: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The map on at most so many rows and columns, of one scale: each the mean of the pixels that fall on it."""
    height, width = plane.shape
    factor = max(1.0, height / rows, width / columns)
    sides = [max(1, int(side / factor)) for side in plane.shape]
    for axis, side in enumerate(sides):
        starts = np.arange(side) * plane.shape[axis] // side
        sums = np.add.reduceat(plane, starts, axis=axis)
        counts = np.diff(np.append(starts, plane.shape[axis]))
        plane = sums / np.expand_dims(counts, 1 - axis)
    return plane


def unit(plane: np.ndarray, diverging: bool) -> np.ndarray:
    """Values from 0 to 1; nan where they are not finite."""
    plane = np.where(np.isfinite(plane), plane, np.nan)
    if np.isnan(plane).all():
        return plane
    low, high = np.nanmin(plane), np.nanmax(plane)
    if diverging:
        high = max(abs(low), abs(high))
        low = -high
    return (plane - low) / (high - low) if high > low else np.full_like(plane, 0.5)


def coloured(scaled: np.ndarray) -> np.ndarray:
    """Blue at 0, white at a half, red at 1."""
    amount = (2 * scaled - 1)[..., None]
    return np.where(amount < 0, WHITE + amount * (WHITE - BLUE), WHITE + amount * (RED - WHITE))
