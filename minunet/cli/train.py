"""Train a U-Net on your own images.

DIR holds two folders, images/ and labels/, with files of the same names (PNG or TIFF), or the ISBI challenge's
two stacks, train-volume.tif and train-labels.tif. Labels are instances, masks or classes: they are recognised.

RUN receives last.npz (to resume), best.npz (to predict with), log.csv, loss.png and settings.json.
"""

import dataclasses
import shlex
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

EXAMPLE = "minunet train --data nuclei/ --out run1 --base 16 --steps 2000"

HELD_OUT = 0.2

# Each flag of the recipe, its type and its help; the recipe has the defaults.
RECIPE_FLAGS = {
    "base": (int, "channels of the first level (16; the paper: 64)"),
    "depth": (int, "number of poolings (4, as the paper)"),
    "dropout": (float, "rate at the end of the contracting path (0.5)"),
    "tile": (int, "input side of a tile (the largest legal one that the mirrored images allow, at most 572)"),
    "steps": (int, "one tile each (2000)"),
    "minutes": (float, "stop by the clock: the learning rate falls with it (no limit)"),
    "optimizer": (str, "sgd (the paper's, and the default) or adam"),
    "lr": (float, "highest learning rate (0.005; adam 0.001)"),
    "momentum": (float, "of SGD (0.99, the paper's)"),
    "warmup": (int, "steps over which the learning rate rises (100)"),
    "clip": (float, "largest joint norm of a step's gradients (1)"),
    "w0": (float, "height of the border weight term (10)"),
    "sigma": (float, "its width in pixels (5)"),
    "elastic": (float, "standard deviation of the elastic deformation in pixels (10)"),
    "padding": (str, "how images go on beyond their border: mirror (the paper's, and the default) or zero"),
    "validate_every": (int, "steps between validations and checkpoints (100)"),
    "seed": (int, "the same seed gives the same run (0)"),
}


def add_arguments(parser):
    """The arguments of ``minunet train``."""
    parser.add_argument("--data", required=True, metavar="DIR", help="images and labels")
    parser.add_argument("--out", required=True, metavar="RUN", help="folder for the run")
    parser.add_argument("--resume", action="store_true", help="go on from RUN's last checkpoint, with its settings")
    parser.add_argument("--force", action="store_true", help="replace a run that is in RUN already")
    parser.add_argument(
        "--validation",
        type=float,
        default=HELD_OUT,
        help=f"fraction of the images held out, the last ones ({HELD_OUT})",
    )
    parser.add_argument("--labels", choices=("instances", "classes", "mask"), help="what the labels are (recognised)")
    parser.add_argument("--classes", type=int, help="number of classes (2, or as many as the labels have)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (auto)")
    for name, (kind, text) in RECIPE_FLAGS.items():
        metavar = "X" if kind is not str else "NAME"
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar=metavar, help=text)
    parser.add_argument("--each-image", action="store_true", help="normalise each image by itself, not by all of them")
    parser.add_argument("--no-balance", action="store_true", help="all classes weigh the same, however rare they are")
    parser.add_argument("--no-augment", action="store_true", help="neither rotation nor deformation, shift alone")
    parser.add_argument("--no-grey", action="store_true", help="grey values stay as they are")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args):
    """Train, or go on training."""
    from ..data import read_dataset, suspicious
    from ..training import Training
    from ..validation import hold_out
    from .output import print_figures, print_json

    recipe = _recipe(args)
    dataset = read_dataset(args.data, args.labels, args.classes)
    data, validation = hold_out(dataset, args.validation)
    training = Training(data, args.out, recipe, validation, args.device, args.resume, warn)
    # Not before: where the input is bad, the line that says so shall stand alone.
    say(dataset.note)
    for line in suspicious(data):
        warn(line)
    say(
        f"{_images(data, 'for training')}, {_images(validation, 'held out')}; "
        f"tile {training.tile}, base {recipe.base}, depth {recipe.depth}, "
        f"{sum(value.size for value in training.net.params.values()):,} parameters, on {training.net.device}"
    )
    if training.finished:
        say(f"all is done already, {training.step} steps; to train on, begin another run with more --steps")
    figures = run_with_bar(training)
    if not training.finished:
        say(f"stopped after step {training.step}; go on with: {_resume_command(args)}")

    from ..figures import draw_log  # matplotlib takes a while: not before it is needed

    draw_log(training.folder / "log.csv", training.folder / "loss.png")
    if not training.finished:
        return 130
    if args.json:
        print_json({"run": str(training.folder), "step": training.step, "figures": figures})
    elif figures:
        print_figures({"held out, at the end": figures})
    say(f"segment with: {shlex.join(['minunet', 'predict', 'IMAGE', '--weights', args.out, '--out', 'OUT'])}")
    return 0


def run_with_bar(training):
    """Train under a progress bar with the live loss; returns the figures of the last validation."""
    from .output import progress_bar

    figures: dict[str, float] = {}
    mean_loss = None
    with progress_bar(training.recipe.steps, "step", training.step) as bar, _ctrl_c_stops(training):

        def watch(progress):
            nonlocal figures, mean_loss
            mean_loss = progress.loss if mean_loss is None else 0.98 * mean_loss + 0.02 * progress.loss
            figures = progress.figures or figures
            bar.update()
            bar.set_postfix(
                loss=f"{mean_loss:.4f}",
                **{name: f"{figures[name]:.3f}" for name in ("iou", "seg") if name in figures},
                refresh=False,
            )

        training.run(watch)
    return figures


def say(line):
    """A line for the person at the terminal; stdout is for results."""
    print(line, file=sys.stderr)


def warn(line):
    """A line about something that looks wrong; above the progress bar, where there is one."""
    from tqdm import tqdm

    tqdm.write(f"warning: {line}", file=sys.stderr)


def _images(dataset, purpose):
    count = len(dataset.samples) if dataset else 0
    return f"{count or 'no'} image{'s' * (count != 1)} {purpose}"


def _recipe(args):
    from ..recipe import Recipe
    from ..training import RUN_FILES, stored_recipe
    from .output import refuse_to_overwrite

    given = {name: getattr(args, name) for name in RECIPE_FLAGS if getattr(args, name) is not None}
    given |= {"each_image": True} if args.each_image else {}
    given |= {name: False for name in ("balance", "augment", "grey") if getattr(args, f"no_{name}")}
    if args.resume:
        return dataclasses.replace(stored_recipe(args.out), **given)
    if (Path(args.out) / "last.npz").exists() and not args.force:
        raise FileExistsError(f"{args.out} holds a run already; give --resume to go on, or --force to begin anew")
    refuse_to_overwrite([Path(args.out) / name for name in (*RUN_FILES, "loss.png")], args.force)
    return Recipe(**given)


def _resume_command(args):
    """What the run has not stored itself: where it is, what the data mean, and where to compute."""
    command = ["minunet", "train", "--data", args.data, "--out", args.out, "--resume"]
    for name, default in (("labels", None), ("classes", None), ("validation", HELD_OUT), ("device", "auto")):
        if getattr(args, name) != default:
            command += [f"--{name}", str(getattr(args, name))]
    return shlex.join(command)


@contextmanager
def _ctrl_c_stops(training):
    """The first Ctrl-C ends the run after the step it is at; a second one at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum, frame):
        signal.signal(signal.SIGINT, before)
        training.stop()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
