"""Compare segmentations with the truth.

Either segment the images of DIR with a network and compare with its labels, or compare two label images or
stacks. An object is a connected part of the foreground of at least 30 pixels, unless the file numbers its objects.
"""

from pathlib import Path

EXAMPLE = "minunet evaluate --weights run1 --data nuclei/    or    minunet evaluate --pred a.tif --truth b.tif"


def add_arguments(parser):
    """The arguments of ``minunet evaluate``."""
    parser.add_argument("--weights", metavar="RUN|FILE", help="a run's folder (its best), or a weights file")
    parser.add_argument("--data", metavar="DIR", help="images and labels, as for train")
    parser.add_argument("--pred", metavar="A", help="predicted labels: an image or a stack")
    parser.add_argument("--truth", metavar="B", help="true labels")
    parser.add_argument(
        "--labels", choices=("instances", "classes", "mask"), help="what the true labels are (recognised)"
    )
    parser.add_argument("--average", action="store_true", help="mean over the 8 rotations and mirrors")
    parser.add_argument("--tile", type=int, help="largest input side of a tile (572)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (auto)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(args):
    """Print the figures of each image and their mean."""
    from ..validation import mean_figures
    from .output import print_figures, print_json

    if args.weights and args.data and not (args.pred or args.truth):
        rows = _evaluate_network(args)
    elif args.pred and args.truth and not (args.weights or args.data):
        rows = _compare_files(args)
    else:
        raise ValueError("expected either --weights and --data, or --pred and --truth")
    mean = mean_figures(list(rows.values()))
    if args.json:
        print_json({"images": rows, "mean": mean})
    else:
        print_figures(rows | ({f"mean of {len(rows)} (objects: sum)": mean} if len(rows) > 1 else {}))


def _evaluate_network(args):
    from ..data import read_dataset
    from ..device import resolve_device
    from ..sizes import output_size
    from ..tiling import predict
    from ..validation import figures
    from .output import progress_bar
    from .predict import load_weights
    from .train import say

    net = load_weights(args.weights).to(resolve_device(args.device))
    if args.tile is not None:
        output_size(args.tile, net.depth)  # raises for an illegal size
    dataset = read_dataset(args.data, args.labels, net.classes if net.classes > 2 else None)
    if (dataset.channels, dataset.classes) != (net.in_channels, net.classes):
        raise ValueError(
            f"{args.data} is of {dataset.channels}-channel images and {dataset.classes} classes, "
            f"the network for {net.in_channels} and {net.classes}; expected the same"
        )
    say(dataset.note)
    rows = {}
    with progress_bar(len(dataset.samples), "image") as bar:
        for sample in dataset.samples:
            classes = predict(net, sample.image, args.tile, args.average).argmax(axis=0)
            rows[sample.name] = figures(classes, sample, dataset.kind)
            bar.update()
    return rows


def _compare_files(args):
    from ..data import read_label_stack
    from ..data.labels import describe, recognise
    from ..validation import compare
    from .train import say

    predicted, truth = read_label_stack(args.pred), read_label_stack(args.truth)
    if predicted.shape != truth.shape:
        raise ValueError(f"{args.pred} is {_size(predicted)}, {args.truth} is {_size(truth)}; expected the same")
    say(describe(truth, args.labels) if args.labels else recognise(truth)[1])
    rows = compare(predicted, truth, args.labels)
    return dict(zip(_page_names(args.pred, len(rows)), rows, strict=True))


def _page_names(file, pages):
    return [Path(file).name] if pages == 1 else [f"page {page}" for page in range(pages)]


def _size(pages):
    return f"{len(pages)} page{'s' * (len(pages) != 1)} of {pages.shape[1]}x{pages.shape[2]}"
