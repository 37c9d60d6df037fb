"""Compare segmentations with the truth.

Either segment the images of DIR with a network and compare with its labels, or compare two label images or
stacks. An object is a connected part of the foreground of at least 10 pixels, unless the file numbers its objects.

Of instances the table has SEG, the mean average precision over IoU 0.5 to 0.95 (AP), and how many true objects were
merged and split. Of a mask it has the EM segmentation challenge's figures. A network's pixel error and IoU are those of
the likelier class, all else, and a second IoU, at the threshold stored with the weights; a line below gives a mask's as
the challenge does, each at its best threshold. --picture draws the mistakes in the worst image.
"""

from pathlib import Path

from .predict import WEIGHTS, add_method

EXAMPLE = "minunet evaluate --weights run1 --data nuclei/    or    minunet evaluate --pred a.tif --truth b.tif"


def add_arguments(parser):
    """The arguments of ``minunet evaluate``."""
    parser.add_argument("--weights", metavar="RUN|FILE|NAME", help=WEIGHTS)
    parser.add_argument("--data", metavar="DIR", help="images and labels, as for train")
    parser.add_argument("--pred", metavar="A", help="predicted labels: an image or a stack")
    parser.add_argument("--truth", metavar="B", help="true labels")
    parser.add_argument(
        "--labels", choices=("instances", "classes", "mask"), help="what the true labels are (recognised)"
    )
    parser.add_argument("--picture", metavar="PNG", help="draw the mistakes in the worst image")
    parser.add_argument("--force", action="store_true", help="replace the picture if it is there already")
    add_method(parser)
    parser.add_argument("--average", action="store_true", help="mean over the 8 rotations and mirrors")
    parser.add_argument("--tile", type=int, help="largest input side of a tile (572)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (auto)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(args):
    """Print the figures of each image and their mean."""
    from ..validation import mean_figures
    from .output import print_figures, print_json, refuse_to_overwrite

    if args.picture:
        refuse_to_overwrite([args.picture], args.force)
        if not (args.picture.lower().endswith(".png") and Path(args.picture).parent.is_dir()):
            raise ValueError(f"--picture is {args.picture}, expected a file NAME.png in a folder that exists")
    if args.weights and args.data and not (args.pred or args.truth):
        rows, best, objects, threshold = _evaluate_network(args)
    elif args.pred and args.truth and not (args.weights or args.data):
        if args.average or args.tile is not None or args.method != "components":
            raise ValueError("--average, --tile and --method are for a network; leave them out with --pred and --truth")
        (rows, best, objects), threshold = _compare_files(args), None
    else:
        raise ValueError("expected either --weights and --data, or --pred and --truth")
    mean = mean_figures(list(rows.values()))
    if args.picture:
        _draw_worst(rows, objects, args.picture)
    if args.json:
        at_best = {name: {"score": score, "threshold": threshold} for name, (score, threshold) in best.items()}
        more = {"threshold": threshold} if objects and threshold is not None else {}
        print_json({"images": rows, "mean": mean} | more | ({"best": at_best} if best else {}))
        return
    print_figures(rows | ({f"mean of {len(rows)} (objects: sum)": mean} if len(rows) > 1 else {}))
    if objects and threshold is not None:
        print(f"\npixel error and IoU at threshold 0.5, all else at {threshold}, which is stored with the weights")
    if best:
        found = ", ".join(
            f"{name} {score:.3f} at {threshold}"
            for name, (score, threshold) in (
                ("V_rand", best["v_rand"]),
                ("V_info", best["v_info"]),
                ("pixel error", best["pixel_error"]),
            )
        )
        print(f"each at its best threshold: {found}")


def _evaluate_network(args):
    from ..data import read_dataset
    from ..device import resolve_device
    from ..evaluation import evaluate
    from ..sizes import output_size
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
    with progress_bar(len(dataset.samples), "image") as bar:
        return *evaluate(net, dataset, args.method, args.average, args.tile, bar.update), net.threshold


def _compare_files(args):
    from ..data import read_label_stack
    from ..data.labels import describe, recognise
    from ..evaluation import Evaluation, compare, objects_of
    from .train import say

    predicted, truth = read_label_stack(args.pred), read_label_stack(args.truth)
    if predicted.shape != truth.shape:
        raise ValueError(f"{args.pred} is {_size(predicted)}, {args.truth} is {_size(truth)}; expected the same")
    kind, note = recognise(truth)
    say(describe(truth, args.labels) if args.labels else note)
    kind = args.labels or kind
    rows = compare(predicted, truth, kind)
    names = _page_names(args.pred, len(rows))
    pages = objects_of(predicted, truth, kind) if args.picture and kind != "classes" else []
    objects = {name: (found, true) for name, (_, found, true) in zip(names, pages, strict=False)}
    return Evaluation(dict(zip(names, rows, strict=True)), {}, objects)


def _draw_worst(rows, objects, path):
    """The image with the lowest SEG."""
    from ..figures import draw_mistakes

    if not objects:
        raise ValueError("--picture shows mistakes in objects, and these labels are classes; leave it out")
    worst = min(rows, key=lambda name: rows[name]["seg"])
    found, truth = objects[worst]
    draw_mistakes(found, truth, path, f"{worst}: the worst of {len(rows)} by SEG, {rows[worst]['seg']:.3f}")


def _page_names(file, pages):
    return [Path(file).name] if pages == 1 else [f"page {page}" for page in range(pages)]


def _size(pages):
    return f"{len(pages)} page{'s' * (len(pages) != 1)} of {pages.shape[1]}x{pages.shape[2]}"
