"""Segment images of any size by overlap-tile.

For each image (or stack) STEM.* OUT receives STEM_mask.tif, the class of each pixel; with --probabilities
STEM_prob.tif, float32, classes first; with --instances STEM_instances.tif, numbered objects of at least 10 px: the
connected parts of the foreground or, with --method watershed, parts of these that a doubtful border parts. (Foreground
is what is above the threshold stored with the weights, which training chose for telling objects apart; the mask has
the likelier class.) A stack in, a stack out, of the same height and width.

However large an image is, no more of it is in memory than a row of tiles, provided it is a TIFF stored uncompressed;
with --instances the foreground, and for a watershed the probability, are too. The results wait in OUT, in files
without a name, until all are there.
"""

import shlex
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ..weights import SHIPPED

EXAMPLE = "minunet predict cells.tif --weights nuclei --out masks --instances --method watershed"

WEIGHTS = f"a run's folder (its best), a weights file, or a network that comes with minunet: {', '.join(SHIPPED)}"


def add_arguments(parser):
    """The arguments of ``minunet predict``."""
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="PNG or TIFF, or a TIFF stack")
    parser.add_argument("--weights", required=True, metavar="RUN|FILE|NAME", help=WEIGHTS)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the results")
    parser.add_argument("--probabilities", action="store_true", help="write the probabilities too")
    parser.add_argument("--instances", action="store_true", help="write numbered objects too")
    add_method(parser)
    parser.add_argument(
        "--average", action="store_true", help="mean over the 8 rotations and mirrors: slower, a little better"
    )
    parser.add_argument("--tile", type=int, help="largest input side of a tile (572): less takes less memory")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (auto)")
    parser.add_argument("--force", action="store_true", help="replace results that are there already")
    parser.add_argument("--json", action="store_true", help="print what was written as JSON")


def add_method(parser):
    """The option that says how objects are told apart."""
    names = ("components", "watershed")  # as in minunet.objects, which --help need not load
    parser.add_argument("--method", choices=names, default=names[0], help=f"how objects are told apart ({names[0]})")


def run(args):
    """Segment every image; nothing is computed before it is sure that nothing would be overwritten."""
    from ..data.images import open_stack
    from ..device import resolve_device
    from ..sizes import output_size
    from .output import make_folder, print_json, progress_bar, refuse_to_overwrite
    from .train import warn

    if args.method == "watershed" and not args.instances:
        raise ValueError("--method says how objects are told apart, and none were asked for; give --instances too")
    net = load_weights(args.weights).to(resolve_device(args.device))
    if args.tile is not None:
        output_size(args.tile, net.depth)  # raises for an illegal size
    kinds = ["mask"] + ["prob"] * args.probabilities + ["instances"] * args.instances
    outputs = _output_names(args.images, args.out, kinds)
    refuse_to_overwrite([path for paths in outputs.values() for path in paths.values()], args.force)
    make_folder(args.out)
    seen: set[int] = set()
    waiting = list(outputs)
    with progress_bar(len(outputs), "image") as bar, _interruption(waiting, args):
        for image, paths in outputs.items():
            bar.set_description(Path(image).name)
            pages = open_stack(image, channels=net.in_channels)
            if pages.shape[1] != net.in_channels:
                raise ValueError(
                    f"{image} is a {pages.shape[1]}-channel image and the network takes {net.in_channels}; "
                    "convert it, or use a network trained on such images"
                )
            bar.total += len(pages) - 1
            seen |= _segment(net, pages, paths, image, args, bar)
            waiting.remove(image)
            if not args.json:
                bar.write("  ".join(str(path) for path in paths.values()))
    if args.json:
        print_json(
            [{"image": image, **{kind: str(path) for kind, path in paths.items()}} for image, paths in outputs.items()]
        )
    if len(seen) == 1:
        warn(f"every pixel is of class {seen.pop()}; are these images like those that the network was trained on?")


@contextmanager
def _interruption(waiting, args):
    """Ctrl-C: what is written stays, and how to go on with the images that wait is said."""
    try:
        yield
    except KeyboardInterrupt:
        rest = shlex.join(
            ["minunet", "predict", *waiting, "--weights", args.weights, "--out", args.out, *_options(args)]
        )
        raise KeyboardInterrupt(
            f"{len(args.images) - len(waiting)} of {len(args.images)} done; go on with: {rest}"
        ) from None


def _options(args):
    """Those that were given, to be given again."""
    given = [f"--{name}" for name in ("probabilities", "instances", "average", "force") if getattr(args, name)]
    for name, default in (("method", "components"), ("tile", None), ("device", "auto")):
        if getattr(args, name) != default:
            given += [f"--{name}", str(getattr(args, name))]
    return given


def load_weights(name):
    """The network of this name that comes with minunet, or in a run's folder (its best), or in a weights file."""
    from ..checkpoint import load

    if name in SHIPPED:
        return load(name)
    path = Path(name)
    expected = f"expected a run's folder, a weights file, or one of {', '.join(SHIPPED)}"
    if path.is_dir():
        path = path / "best.npz"
        if not path.exists():
            raise FileNotFoundError(f"{name} holds no best.npz; {expected}")
    elif not path.exists():
        raise FileNotFoundError(f"{name} does not exist; {expected}")
    return load(path)


def _output_names(images, out, kinds):
    outputs: dict[str, dict[str, Path]] = {}
    for image in images:
        if Path(image).is_dir():
            raise IsADirectoryError(f"{image} is a folder; give the images in it, such as {Path(image) / '*.tif'}")
        if not Path(image).exists():
            raise FileNotFoundError(f"{image} does not exist; expected a PNG, a TIFF or a TIFF stack")
        stem = Path(image).stem
        paths = {kind: Path(out) / f"{stem}_{kind}.tif" for kind in kinds}
        for other, taken in outputs.items():
            if taken == paths:
                raise ValueError(f"{other} and {image} would write the same {paths['mask'].name}; run them apart")
        outputs[image] = paths
    return outputs


def _segment(net, pages, paths, image, args, bar):
    """Write the results of one image or stack, each to its path; returns the set of the classes seen."""
    import numpy as np

    from ..data import write_tiff
    from ..objects import find_objects, foreground_of
    from ..tiling import predict_rows

    count, _, height, width = pages.shape
    seen: set[int] = set()
    with ExitStack() as stack:
        mask = _spool(stack, paths["mask"], (count, height, width), "uint8")
        if "prob" in paths:
            prob = _spool(stack, paths["prob"], (count, net.classes, height, width), "float32")
        if "instances" in paths:
            foreground = _spool(stack, paths["mask"], (count, height, width), "bool")
        if args.method == "watershed":
            background = _spool(stack, paths["mask"], (count, height, width), "float32")
        for number, page in enumerate(pages):
            for top, probabilities in predict_rows(net, page, args.tile, args.average):
                classes = _narrowed(probabilities.argmax(axis=0), "uint8", f"{image}: classes")
                seen.update(np.unique(classes).tolist())
                with _naming(paths["mask"]):
                    mask.write((number,), top, classes)
                    if "instances" in paths:
                        foreground.write((number,), top, foreground_of(probabilities, net.threshold))
                    if args.method == "watershed":
                        background.write((number,), top, probabilities[0])
                if "prob" in paths:
                    with _naming(paths["prob"]):
                        for channel, rows in enumerate(probabilities):
                            prob.write((number, channel), top, rows)
            bar.update()
        results = {"mask": mask.array()}
        if "prob" in paths:
            results["prob"] = prob.array()
        if "instances" in paths:
            insides = foreground.array()
            doubts = background.array() if args.method == "watershed" else insides  # which is not looked at
            found = [find_objects(page, 1 - doubt, args.method) for page, doubt in zip(insides, doubts, strict=True)]
            results["instances"] = _narrowed(np.stack(found), "uint16", f"{image}: objects")
        for kind, array in results.items():
            with _naming(paths[kind]):
                write_tiff(paths[kind], array if count > 1 else array[0])
    return seen


def _spool(stack, path, shape, dtype):
    """Room for a result beside where it will be; given back when `stack` is closed, or the program is killed."""
    from tempfile import TemporaryFile

    from ..data.images import Spool

    with _naming(path):
        return Spool(stack.enter_context(TemporaryFile(dir=path.parent)), shape, dtype)


def _narrowed(labels, dtype, what):
    """The same labels in a smaller type; `ValueError` for a number that would wrap around."""
    import numpy as np

    highest = np.iinfo(dtype).max
    if labels.max() > highest:
        raise ValueError(f"{what} go up to number {labels.max()}, expected at most {highest}; cut the image into parts")
    return labels.astype(dtype)


@contextmanager
def _naming(path):
    """Say of what cannot be written which result it is part of, and what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise OSError(f"{path} cannot be written ({reason}); make room or give another --out, and run again") from error
