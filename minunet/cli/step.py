"""Step through one training step of a real network, forwards and backwards, and ask where every number comes from.

IMAGE is a PNG or TIFF of a legal size (--tile cuts one from the middle), or a step that was saved before; without it,
a piece of the demo's nuclei. At the prompt, n goes on and b goes back, explain shows the sum behind a number, trace,
what_if, check and why ask further; help lists all commands. Commands may come from standard input too.

Without --labels, Otsu's threshold of the image takes their place.
"""

from pathlib import Path

EXAMPLE = "minunet step cells.png --labels cells-labels.png"

DEMO_SIDE = 128


def add_arguments(parser):
    """The arguments of ``minunet step``."""
    parser.add_argument("image", nargs="?", metavar="IMAGE", help="PNG or TIFF, or a saved step (the demo's nuclei)")
    parser.add_argument("--labels", metavar="FILE", help="its labels: instances, a mask or classes")
    parser.add_argument(
        "--run",
        dest="network",
        metavar="RUN|FILE|NAME",
        help="a trained network; of a run, its optimizer and what that remembers too",
    )
    parser.add_argument("--base", type=int, help="channels of the first level of a new network (4)")
    parser.add_argument("--depth", type=int, help="poolings of a new network (2)")
    parser.add_argument("--page", type=int, help="of a stack, counted from 0")
    parser.add_argument("--tile", type=int, help="input side, a legal size: cut from the middle of the image")
    parser.add_argument("--seed", type=int, help="of the weights of a new network, and of dropout (0)")
    parser.add_argument("--save", metavar="FILE", help="write the step to a file, and do not open a session")
    parser.add_argument("--html", metavar="FILE", help="write it as one page for a browser, and do not open a session")
    parser.add_argument("--force", action="store_true", help="replace such a file")
    parser.add_argument("--plain", action="store_true", help="no colours, as where the output is no terminal")


def run(args):
    """Take the step, then write it or open a session."""
    import sys

    from ..files import whole_file
    from ..stepper.terminal import Session
    from .output import refuse_to_overwrite

    outputs = [path for path in (args.save, args.html) if path]
    if len({Path(path).resolve() for path in outputs}) < len(outputs):
        raise ValueError(f"--save and --html would both write {outputs[0]}; give two names")
    refuse_to_overwrite(outputs, args.force)
    stepper = _stepper(args)
    if args.save:
        stepper.save(args.save)
    if args.html:
        with whole_file(args.html) as temporary:
            temporary.write_text(stepper.to_html(), encoding="utf-8")
    if outputs:
        print(*outputs, sep="\n")
        return
    session = Session(stepper, args.plain or not sys.stdout.isatty(), sys.stdin, sys.stdout)
    session.cmdloop()


def _stepper(args):
    import zipfile

    from ..normalization import normalization_of
    from ..sizes import whole_number
    from ..stepper import Stepper

    if args.image and zipfile.is_zipfile(args.image):
        _refuse(args, ("labels", "network", "base", "depth", "page", "tile", "seed"), "a saved step has its own")
        return Stepper.load(args.image)
    if not args.image:
        _refuse(args, ("labels", "page"), "it belongs to an image, and none was given; name the IMAGE first")
    if args.network:
        _refuse(args, ("base", "depth"), "the trained network has its own")
    seed = whole_number("--seed", args.seed or 0, least=0)
    image, label_map, kind = _example(args)
    net, optimizer, recipe = _network(args, image, int(label_map.max()) + 1 if kind == "classes" else 2, seed)
    net.normalization, net.each_image = normalization_of(net, image), False  # of the whole image, before it is cut
    image, label_map = (_cut(array, args, net.depth) for array in (image, label_map))
    labels, weights = _targets(label_map, kind, net, recipe)
    return Stepper(net, image, labels, weights, optimizer, seed=seed)


def _refuse(args, names, why):
    """Raise `ValueError` for an option that would be ignored."""
    for name in names:
        if getattr(args, name) is not None:
            raise ValueError(f"--{'run' if name == 'network' else name} cannot be used here: {why}")


def _example(args):
    """Image (C, H, W), label map (H, W), and what kind of labels these are."""
    from ..data import read_label_stack, read_stack
    from ..data.labels import recognise
    from .train import say

    if not args.image:
        return _demo()
    image = _page(args.image, read_stack(args.image), args.page)
    if args.labels:
        label_map = _page(args.labels, read_label_stack(args.labels), args.page)
        if label_map.shape != image.shape[1:]:
            raise ValueError(f"{args.labels} is {_size(label_map)} and {args.image} {_size(image)}; expected one size")
        kind, reason = recognise([label_map])
        say(reason.split(" Override")[0])
        return image, label_map, kind
    from ..baseline import otsu_instances

    say("no --labels: Otsu's threshold takes their place")
    return image, otsu_instances(image.mean(axis=0)), "instances"


def _demo():
    """A piece of the demo's image, where there is a network to fetch it; else cells of our own."""
    from ..data import SampleUnavailable, nuclei, touching_cells
    from .train import say

    try:
        sample = nuclei()
    except SampleUnavailable as error:
        say(f"{error}; going on with generated cells")
        sample = touching_cells()
    return sample.image, sample.labels, "instances"


def _network(args, image, classes, seed):
    """The network, its optimizer (None: SGD at rest) and the recipe."""
    from .. import Adam, UNet
    from ..normalization import own_normalization
    from ..optim import SGD
    from ..recipe import Recipe

    if not args.network:
        base = 4 if args.base is None else args.base
        net = UNet(len(image), max(2, classes), base, 2 if args.depth is None else args.depth, seed=seed)
        net.normalization = own_normalization(image)
        return net, None, Recipe()
    last = Path(args.network) / "last.npz"
    if not last.exists():
        from .predict import load_weights

        return load_weights(args.network), None, Recipe()
    from ..checkpoint import load_with_state

    net, state, notes = load_with_state(last)
    recipe = Recipe(**notes["settings"]["recipe"])
    optimizer = (
        SGD(net.params, recipe.lr, recipe.momentum) if recipe.optimizer == "sgd" else Adam(net.params, recipe.lr)
    )
    optimizer.state = state
    return net, optimizer, recipe


def _cut(array, args, depth):
    """The middle, where --tile asks for one; of the demo's image a corner; else the whole, which must be legal."""
    from ..sizes import largest_input, output_size, smallest_input

    sides = array.shape[-2:]
    if min(sides) < smallest_input(depth):
        raise ValueError(f"the image is {_size(array)}; at depth {depth} the smallest legal is {smallest_input(depth)}")
    if args.tile is not None:
        output_size(args.tile, depth)
        if args.tile > min(sides):
            raise ValueError(
                f"--tile {args.tile} is larger than the image, {_size(array)}; the largest legal: "
                f"{largest_input(min(sides), depth)}"
            )
        wanted = (args.tile, args.tile)
    elif not args.image:
        side = largest_input(DEMO_SIDE, depth)
        return array[..., :side, :side]
    else:
        try:
            for side in sides:
                output_size(side, depth)
        except ValueError as error:
            raise ValueError(f"{error}; --tile {largest_input(min(sides), depth)} cuts that from the middle") from None
        return array
    starts = [(side - want) // 2 for side, want in zip(sides, wanted, strict=True)]
    return array[..., *(slice(start, start + want) for start, want in zip(starts, wanted, strict=True))]


def _targets(label_map, kind, net, recipe):
    """The class of each pixel; its weight, of instances and masks by the border weight map, of classes 1."""
    import numpy as np

    from ..borders import border_weight_map, separate
    from ..data.labels import instances_from_masks

    if kind == "classes":
        if label_map.max() >= net.classes:
            raise ValueError(
                f"the labels go up to {label_map.max()}; expected the network's classes 0..{net.classes - 1}"
            )
        return label_map, None
    apart = separate(instances_from_masks([label_map])[0] if kind == "mask" else label_map)
    classes = None if recipe.balance else (1.0, 1.0)
    return (apart > 0).astype(np.int64), border_weight_map(apart, recipe.w0, recipe.sigma, classes)


def _page(path, pages, number):
    """One page of a stack; a single page needs no number."""
    if number is None:
        if len(pages) > 1:
            raise ValueError(f"{path} is a stack of {len(pages)} pages; choose one with --page 0 to {len(pages) - 1}")
        return pages[0]
    if not 0 <= number < len(pages):
        raise ValueError(f"--page {number} is not in {path}; legal: 0 to {len(pages) - 1}")
    return pages[number]


def _size(array):
    return "x".join(map(str, array.shape[-2:]))
