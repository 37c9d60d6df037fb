"""Compare segmentations with the truth.

Either segment the images of DIR with a network and compare with its labels, or compare two label images or
stacks. An object is a connected part of the foreground of at least 30 pixels, unless the file numbers its objects.

Of instances the table has SEG, the mean average precision over IoU 0.5 to 0.95 (AP), and how many true objects were
merged and split. Of a mask it has the EM segmentation challenge's figures at threshold 0.5; for a network a line below
gives them as the challenge does, each at its best threshold. --picture draws the mistakes in the worst image.
"""

from pathlib import Path

from .predict import add_method

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
    best = {}
    if args.weights and args.data and not (args.pred or args.truth):
        rows, best, pictures = _evaluate_network(args)
    elif args.pred and args.truth and not (args.weights or args.data):
        rows, pictures = _compare_files(args)
    else:
        raise ValueError("expected either --weights and --data, or --pred and --truth")
    mean = mean_figures(list(rows.values()))
    if args.picture:
        _draw_worst(rows, pictures, args.picture)
    if args.json:
        at_best = {name: {"score": score, "threshold": threshold} for name, (score, threshold) in best.items()}
        print_json({"images": rows, "mean": mean} | ({"best": at_best} if best else {}))
        return
    print_figures(rows | ({f"mean of {len(rows)} (objects: sum)": mean} if len(rows) > 1 else {}))
    if best:
        found = ", ".join(
            f"{name} {score:.3f} at {threshold}"
            for name, (score, threshold) in (
                ("V_rand", best["v_rand"]),
                ("V_info", best["v_info"]),
                ("pixel error", best["pixel_error"]),
            )
        )
        print(f"\neach at its best threshold: {found}")


def _evaluate_network(args):
    """Rows of figures, the best thresholds, and (objects, truth) of each image; no objects where labels are classes."""
    from ..data import read_dataset
    from ..device import resolve_device
    from ..objects import find_objects
    from ..sizes import output_size
    from ..tiling import predict
    from ..validation import best_thresholds, class_figures, further_figures, object_figures
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
    rows, pictures, probabilities = {}, {}, []
    with progress_bar(len(dataset.samples), "image") as bar:
        for sample in dataset.samples:
            found = predict(net, sample.image, args.tile, args.average)
            classes = found.argmax(axis=0)
            if dataset.kind == "classes":
                rows[sample.name] = class_figures(classes, sample.labels)
            else:
                objects = find_objects(classes > 0, 1 - found[0], args.method)
                rows[sample.name] = object_figures(classes > 0, objects, sample.labels)
                rows[sample.name] |= further_figures(classes > 0, objects, sample.labels, dataset.kind)
                pictures[sample.name] = objects, sample.labels
                probabilities.append(found[1])
            bar.update()
    best = {}
    if dataset.kind == "mask":
        best = best_thresholds(probabilities, [sample.labels for sample in dataset.samples])
    return rows, best, pictures


def _compare_files(args):
    """Rows of figures, and (predicted, true) labels of each page."""
    from ..data import read_label_stack
    from ..data.labels import describe, recognise
    from ..validation import compare, objects_of
    from .train import say

    predicted, truth = read_label_stack(args.pred), read_label_stack(args.truth)
    if predicted.shape != truth.shape:
        raise ValueError(f"{args.pred} is {_size(predicted)}, {args.truth} is {_size(truth)}; expected the same")
    kind, note = recognise(truth)
    say(describe(truth, args.labels) if args.labels else note)
    kind = args.labels or kind
    rows = compare(predicted, truth, kind)
    names = _page_names(args.pred, len(rows))
    pages = objects_of(predicted, truth, kind) if kind != "classes" else []
    pictures = {name: (objects, true_page) for name, (_, objects, true_page) in zip(names, pages, strict=False)}
    return dict(zip(names, rows, strict=True)), pictures


def _draw_worst(rows, pictures, path):
    """The image with the lowest SEG."""
    from ..figures import draw_mistakes

    if not pictures:
        raise ValueError("--picture shows mistakes in objects, and these labels are classes; leave it out")
    worst = min(rows, key=lambda name: rows[name]["seg"])
    objects, truth = pictures[worst]
    draw_mistakes(objects, truth, path, f"{worst}: the worst of {len(rows)} by SEG, {rows[worst]['seg']:.3f}")


def _page_names(file, pages):
    return [Path(file).name] if pages == 1 else [f"page {page}" for page in range(pages)]


def _size(pages):
    return f"{len(pages)} page{'s' * (len(pages) != 1)} of {pages.shape[1]}x{pages.shape[2]}"
