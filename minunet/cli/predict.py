"""Segment images of any size by overlap-tile.

For each image (or stack) STEM.* OUT receives STEM_mask.tif, the class of each pixel; with --probabilities
STEM_prob.tif, float32, classes first; with --instances STEM_instances.tif, the connected parts of the foreground
numbered. A stack in, a stack out, of the same height and width.
"""

from pathlib import Path

EXAMPLE = "minunet predict cells.tif --weights run1 --out masks --instances"


def add_arguments(parser):
    """The arguments of ``minunet predict``."""
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="PNG or TIFF, or a TIFF stack")
    parser.add_argument(
        "--weights", required=True, metavar="RUN|FILE", help="a run's folder (its best), or a weights file"
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the results")
    parser.add_argument("--probabilities", action="store_true", help="write the probabilities too")
    parser.add_argument("--instances", action="store_true", help="write numbered objects too")
    parser.add_argument(
        "--average", action="store_true", help="mean over the 8 rotations and mirrors: slower, a little better"
    )
    parser.add_argument("--tile", type=int, help="largest input side of a tile (572): less takes less memory")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (auto)")
    parser.add_argument("--force", action="store_true", help="replace results that are there already")
    parser.add_argument("--json", action="store_true", help="print what was written as JSON")


def run(args):
    """Segment every image; nothing is computed before it is sure that nothing would be overwritten."""
    import numpy as np

    from ..data import read_stack, write_tiff
    from ..device import resolve_device
    from ..metrics import instances
    from ..tiling import predict
    from ..validation import SMALLEST_OBJECT
    from .output import make_folder, print_json, progress_bar, refuse_to_overwrite

    net = load_weights(args.weights).to(resolve_device(args.device))
    kinds = ["mask"] + ["prob"] * args.probabilities + ["instances"] * args.instances
    outputs = _output_names(args.images, args.out, kinds)
    refuse_to_overwrite([path for paths in outputs.values() for path in paths.values()], args.force)
    make_folder(args.out)
    for image, paths in outputs.items():
        pages = read_stack(image, channels=net.in_channels)
        results: dict[str, list] = {kind: [] for kind in kinds}
        with progress_bar(len(pages), "image") as bar:
            for page in pages:
                bar.set_description(Path(image).name)
                try:
                    probabilities = predict(net, page, args.tile, args.average)
                except ValueError as error:
                    raise ValueError(f"{image}: {error}") from error
                classes = probabilities.argmax(axis=0).astype(np.uint8)
                results["mask"].append(classes)
                if args.probabilities:
                    results["prob"].append(probabilities)
                if args.instances:
                    results["instances"].append(instances(classes > 0, SMALLEST_OBJECT).astype(np.uint16))
                bar.update()
        for kind, arrays in results.items():
            write_tiff(paths[kind], np.stack(arrays) if len(arrays) > 1 else arrays[0])
        if not args.json:
            print("  ".join(str(path) for path in paths.values()))
    if args.json:
        print_json(
            [{"image": image, **{kind: str(path) for kind, path in paths.items()}} for image, paths in outputs.items()]
        )


def load_weights(name):
    """The network in a run's folder (its best) or in a weights file."""
    from ..checkpoint import load

    path = Path(name)
    if path.is_dir():
        path = path / "best.npz"
        if not path.exists():
            raise FileNotFoundError(f"{name} holds no best.npz; expected a run's folder or a weights file")
    elif not path.exists():
        raise FileNotFoundError(f"{name} does not exist; expected a run's folder or a weights file")
    return load(path)


def _output_names(images, out, kinds):
    outputs: dict[str, dict[str, Path]] = {}
    for image in images:
        stem = Path(image).stem
        paths = {kind: Path(out) / f"{stem}_{kind}.tif" for kind in kinds}
        for other, taken in outputs.items():
            if taken == paths:
                raise ValueError(f"{other} and {image} would write the same {paths['mask'].name}; run them apart")
        outputs[image] = paths
    return outputs
