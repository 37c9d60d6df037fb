"""The U-Net of Ronneberger, Fischer and Brox (2015, figure 1), written once over any layer set.

The contracting path: at each level two 3x3 convolutions, each followed by a ReLU, and a 2x2 max-pooling;
the channels double from level to level. The expansive path: at each level a 2x2 up-convolution that halves
the channels, the skip connection (crop and concatenate), and two 3x3 convolutions with ReLU. A 1x1
convolution, the head, turns the last features into a logit for each class.

At base 64 and depth 4 that is the paper's network: 23 layers with weights, 31,030,658 parameters.
"""

import math
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from .device import device_of, to_device
from .sizes import output_size, whole_number
from .tape import Tape

DTYPES = ("float32", "float64", "complex128")
MOST_PARAMETERS = 2**31  # 8 GiB of float32; the paper's network has 31 million
OPERATIONS = (
    "conv2d",
    "relu",
    "max_pool2d",
    "conv_transpose2d",
    "crop_concat",
    "dropout",
    "weighted_cross_entropy",
)


class UNet:
    """A U-Net, its parameters, and nothing else that changes.

    Parameters
    ----------
    in_channels, classes : int
        Channels of the image, and of the logits.
    base : int
        Channels of the first level; each level below has twice as many. The paper: 64.
    depth : int
        Number of poolings. The paper: 4.
    dropout : float
        Rate of the dropout at the end of the contracting path, in training only: after the second ReLU of
        the two lowest levels, the 512 and the 1024 in the authors' release.
    seed : int
        Of the initial weights.
    dtype : str
        Of the parameters. What a call computes in follows from its input.
    layers : module or namespace, optional
        The layer set: anything that has the functions of `minunet.layers`. A student's file, for example. None
        takes `minunet.fast`.

    Attributes
    ----------
    params : dict of str to array
        May be changed in place: nothing derived from them survives a call.
    normalization : (mean, std)
        Of the training set's pixels, numbers or one for each channel; `minunet.predict` applies them.
    each_image : bool
        Whether `minunet.predict` applies each image's own instead: a network does so that was trained so.
    padding : "mirror" or "zero"
        How `minunet.predict` continues an image beyond its border.
    threshold : float
        Of two classes: above which probability of the foreground a pixel belongs to an object. Training chooses it on
        the images held out.
    """

    def __init__(self, in_channels=1, classes=2, base=64, depth=4, dropout=0.5, seed=0, dtype="float32", layers=None):
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout is {dropout}, expected 0 <= dropout < 1")
        self.in_channels = whole_number("in_channels", in_channels)
        self.classes = whole_number("classes", classes, least=2)
        self.base = whole_number("base", base)
        self.depth = whole_number("depth", depth)
        self.dropout = float(dropout)
        self.normalization: tuple[Any, Any] = (0.0, 1.0)
        self.each_image = False
        self.padding = "mirror"
        self.threshold = 0.5
        self.layers = layer_set(layers)
        shapes = parameter_shapes(self.in_channels, self.classes, self.base, self.depth)
        count = sum(math.prod(shape) for shape in shapes.values())
        if count > MOST_PARAMETERS:
            raise ValueError(
                f"base {self.base} at depth {self.depth} makes {count:.2g} parameters, expected at most "
                f"{MOST_PARAMETERS:.2g}: each level has four times those of the one above"
            )
        self.params = initial_parameters(shapes, seed, _floating(dtype))

    def forward(self, x, training=False, rng=None, keep=True):
        """Logits of an image, and the tape of how they came about.

        Parameters
        ----------
        x : array (N, in_channels, H, W)
            H and W legal sizes (`minunet.output_size`), already normalised.
        training : bool
            Switches dropout on.
        rng : numpy.random.Generator
            Draws the dropout masks; needed in training unless the rate is 0.
        keep : bool
            True: the tape records every array, image and parameters as copies. False: only what backward needs.

        Returns
        -------
        logits : array (N, classes, H - 2 margin, W - 2 margin)
        tape : Tape

        Raises
        ------
        ValueError
            For a shape that does not fit, naming the nearest legal sizes.
        """
        self._check_input(x)
        drop = training and self.dropout > 0
        if drop and not isinstance(rng, np.random.Generator):
            raise ValueError(f"training with dropout needs rng, a numpy.random.Generator, found {rng!r}")
        tape = Tape(keep)
        params = self.params
        if keep:  # the tape must stay true when the image, or an optimizer the parameters, are changed in place
            x = x.copy()
            params = {name: value.copy() for name, value in params.items()}
        return self._run(x, params, rng if drop else None, tape.record, fuse=not keep), tape

    def logits(self, x):
        """The logits of `forward`, for prediction: without a tape, so that no array lives longer than it is needed."""
        self._check_input(x)
        return self._run(x, self.params, None, record=lambda *step: None, fuse=True)

    def _run(self, x, params, rng, record, fuse):
        """Every step in order, each handed to `record`; dropout where there is a generator to draw its masks.

        With `fuse`, a convolution and its ReLU are one step, "conv2d_relu", where the layer set has that.
        """
        fuse = fuse and hasattr(self.layers, "conv2d_relu_forward")

        def run(name, op, *inputs):
            output, cache = self._forward_of(op)(*inputs)
            record(name, op, inputs, output, cache)
            return output

        def run_weighted(name, op, x):
            return run(name, op, x, params[f"{name}.weight"], params[f"{name}.bias"])

        def run_block(block, x):
            for i in (0, 1):
                if fuse:
                    x = run_weighted(f"{block}.conv{i}", "conv2d_relu", x)
                else:
                    x = run_weighted(f"{block}.conv{i}", "conv2d", x)
                    x = run(f"{block}.relu{i}", "relu", x)
            return x

        skips = []
        for l in range(self.depth + 1):
            x = run_block(f"down{l}", x)
            if rng is not None and l >= self.depth - 1:
                kept, cache = self._forward_of("dropout")(x, self.dropout, rng)
                record(f"down{l}.dropout", "dropout", (x,), kept, cache)
                x = kept
            if l < self.depth:
                skips.append(x)
                x = run(f"down{l}.pool", "max_pool2d", x)
        for l in reversed(range(self.depth)):
            x = run_weighted(f"up{l}.upconv", "conv_transpose2d", x)
            x = run(f"up{l}.crop_concat", "crop_concat", skips.pop(), x)
            x = run_block(f"up{l}", x)
        return run_weighted("head", "conv2d", x)

    def loss(self, logits, labels, weights=None, reduction="mean"):
        """Weighted cross-entropy and its gradient; see `minunet.layers.weighted_cross_entropy_forward`.

        Returns
        -------
        loss : scalar
        dlogits : array like `logits`
        """
        loss, cache = self._forward_of("weighted_cross_entropy")(logits, labels, weights, reduction)
        return loss, self._backward_of("weighted_cross_entropy")(cache)

    def backward(self, dlogits, tape):
        """Gradients of every parameter and of the input, by walking the tape from its end.

        A feature map that is both pooled and skipped is used twice, so its gradient is the sum of two: the
        one that comes up through the pooling and the one that crop-and-concat sent across.

        Parameters
        ----------
        dlogits : array (N, classes, h, w)
            Gradient of the loss with respect to the logits.
        tape : Tape
            From `forward`. One made with keep=False can be walked once.

        Returns
        -------
        dict of str to array
            The keys of `params`, and ``"input"``.
        """
        grads = {}
        for name, op, dinputs in self.walk_back(dlogits, tape):
            if op in ("conv2d", "conv2d_relu", "conv_transpose2d"):
                grads[f"{name}.weight"], grads[f"{name}.bias"] = dinputs[1:]
        return {name: grads[name] for name in self.params} | {"input": dinputs[0]}

    def walk_back(self, dlogits, tape):
        """The backward pass, one step at a time.

        Yields
        ------
        name, op : str
            Of the tape's steps, from its last to its first; behind a pooling also ``"down{l}.skip"``, ``"skip"``.
        dinputs : tuple of arrays
            Gradients with respect to each of the step's inputs; of a skip, the sum. Of a tape that was not kept they
            are used again when the next ones are asked for.
        """
        across = []  # the skips' gradients; the walk meets the levels from 0 down, then up again: last in, first out
        d = dlogits
        for step in tape.backwards():
            dinputs = self._backward_of(step.op)(d, step.cache)
            dinputs = tuple(dinputs) if isinstance(dinputs, tuple | list) else (dinputs,)
            d = dinputs[-1] if step.op == "crop_concat" else dinputs[0]
            yield step.name, step.op, dinputs
            if step.op == "crop_concat":
                across.append(dinputs[0])
            elif step.op == "max_pool2d":
                d = d.copy() if tape.keep else d  # what was handed out of a kept tape stays as it is
                d += across.pop()
                yield step.name.replace("pool", "skip"), "skip", (d,)

    def __copy__(self):
        """Shallow: the same parameters and the very layer set, which may be a module that cannot be found by name."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin

    def __getstate__(self):
        """For pickle: a layer set that is a module goes by its name."""
        by_name = {"layers": self.layers.__name__} if isinstance(self.layers, ModuleType) else {}
        return self.__dict__ | by_name

    def __setstate__(self, state):
        self.__dict__.update(state)
        if isinstance(self.layers, str):
            self.layers = import_module(self.layers)

    def to(self, device):
        """Move the parameters to ``"cpu"`` or ``"cuda"``, in place; returns the network."""
        for name, value in self.params.items():
            self.params[name] = to_device(value, device)
        return self

    @property
    def device(self):
        """Where the parameters are: ``"cpu"`` or ``"cuda"``."""
        return device_of(self.params["head.bias"])

    @property
    def settings(self):
        """What `UNet` needs, besides the parameters, to build this network again."""
        return {name: getattr(self, name) for name in ("in_channels", "classes", "base", "depth", "dropout")} | {
            "dtype": str(self.params["head.bias"].dtype)
        }

    def save(self, path):
        """Write parameters, settings, normalisation and threshold to one file, without pickle, for `minunet.load`."""
        from .checkpoint import save

        save(path, self)

    def _forward_of(self, op):
        return getattr(self.layers, f"{op}_forward")

    def _backward_of(self, op):
        return getattr(self.layers, f"{op}_backward")

    def _check_input(self, x):
        if x.ndim != 4 or x.shape[1] != self.in_channels:
            raise ValueError(f"x has shape {x.shape}, expected (N, {self.in_channels}, H, W)")
        for side in x.shape[2:]:
            try:
                output_size(side, self.depth)
            except ValueError as error:
                raise ValueError(f"x has shape {x.shape}: {error}") from None
        if device_of(x) != self.device:
            raise ValueError(
                f"x is on {device_of(x)} and the network on {self.device}; move one with to_device or to()"
            )


def parameter_shapes(in_channels, classes, base, depth):
    """Name and shape of every parameter, in the order of the forward pass."""
    shapes: dict[str, tuple[int, ...]] = {}

    def convolution(name, inputs, outputs, size):
        shapes[f"{name}.weight"] = (outputs, inputs, size, size)
        shapes[f"{name}.bias"] = (outputs,)

    def block(name, inputs, outputs):
        convolution(f"{name}.conv0", inputs, outputs, 3)
        convolution(f"{name}.conv1", outputs, outputs, 3)

    channels = [base * 2**l for l in range(depth + 1)]
    for l in range(depth + 1):
        block(f"down{l}", channels[l - 1] if l else in_channels, channels[l])
    for l in reversed(range(depth)):
        shapes[f"up{l}.upconv.weight"] = (channels[l + 1], channels[l], 2, 2)
        shapes[f"up{l}.upconv.bias"] = (channels[l],)
        block(f"up{l}", 2 * channels[l], channels[l])
    convolution("head", channels[0], classes, 1)
    return shapes


def initial_parameters(shapes, seed, dtype):
    """Weights from a Gaussian of standard deviation sqrt(2/N), N the inputs of one neuron; biases 0 (section 3).

    N is kh*kw*C for a convolution (576 for 3x3 over 64 channels). An output pixel of the 2x2 up-convolution
    with stride 2 sees one input pixel, so there N is C.
    """
    rng = np.random.default_rng(seed)
    params = {}
    for name, shape in shapes.items():
        if name.endswith("bias"):
            params[name] = np.zeros(shape, dtype)
        else:
            inputs = shape[0] if "upconv" in name else np.prod(shape[1:])
            params[name] = (rng.standard_normal(shape) * np.sqrt(2 / inputs)).astype(dtype)
    return params


def _floating(dtype):
    try:
        name = np.dtype(dtype or "none").name
    except TypeError:
        name = None
    if name not in DTYPES:
        raise ValueError(f"dtype is {dtype!r}, expected one of {', '.join(DTYPES)}")
    return name


def layer_set(layers):
    if layers is None:
        from . import fast as layers
    missing = [name for op in OPERATIONS for name in (f"{op}_forward", f"{op}_backward") if not hasattr(layers, name)]
    if missing:
        raise ValueError(f"layers lacks {', '.join(missing)}; expected every function of minunet.layers")
    return layers.workspace() if hasattr(layers, "workspace") else layers
