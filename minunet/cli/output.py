"""What the commands print: tables for people, JSON for programs, a bar while somebody watches."""

import json
import sys
from pathlib import Path

COLUMNS = {
    "pixel_error": ("pixel error", "{:.4f}"),
    "iou": ("IoU", "{:.3f}"),
    "iou_at_threshold": ("IoU at threshold", "{:.3f}"),
    "seg": ("SEG", "{:.3f}"),
    "ap": ("AP", "{:.3f}"),
    "v_rand": ("V_rand", "{:.3f}"),
    "v_info": ("V_info", "{:.3f}"),
    "rand_error": ("Rand error", "{:.3f}"),
    "warping_error": ("warping error", "{:.6f}"),
    "merged": ("merged", "{}"),
    "split": ("split", "{}"),
}


def print_figures(rows):
    """A table of figures: `rows` maps a name to what `minunet.validation.figures` gives."""
    names = [name for name in COLUMNS if any(name in row for row in rows.values())]
    counted = any("found" in row for row in rows.values())
    heads = ["", *(COLUMNS[name][0] for name in names), *(["found / true"] if counted else [])]
    lines = [heads]
    for title, row in rows.items():
        cells = [COLUMNS[name][1].format(row[name]) if name in row else "" for name in names]
        lines.append([title, *cells, *([f"{row['found']} / {row['true']}"] if counted else [])])
    print_table(lines)


def print_table(lines):
    """Rows of strings: the first column to the left, the others to the right, a rule under the heads."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for number, line in enumerate(lines):
        cells = [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        print("  ".join(cells).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def print_json(value):
    """One JSON document on standard output."""
    print(json.dumps(value, indent=2))


def progress_bar(total, unit, already=0):
    """A bar on stderr where that is a terminal; nothing elsewhere."""
    from tqdm import tqdm

    return tqdm(total=total, initial=already, unit=unit, disable=None, dynamic_ncols=True, file=sys.stderr, leave=False)


def refuse_to_overwrite(paths, force):
    """Raise `FileExistsError` for the first of `paths` that is there already, unless `force`."""
    for path in map(Path, paths):
        if path.exists() and not force:
            raise FileExistsError(f"{path} exists already; give --force to replace it, or another name")


def refuse_a_file(path):
    """Raise `NotADirectoryError` where there is something else than a folder."""
    if Path(path).exists() and not Path(path).is_dir():
        raise NotADirectoryError(f"{path} is a file, expected a folder; give another name")


def make_folder(path):
    """Make the folder for results; `OSError` in plain words where that cannot be."""
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(f"{path} cannot be made a folder ({error.strerror}); give another --out") from error
    return path
