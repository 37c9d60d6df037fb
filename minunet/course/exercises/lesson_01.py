"""Lesson 1: one pixel, the sum in loops, the sum as matrix products, and the convolution of mathematics."""

from dataclasses import replace
from itertools import product

import numpy as np

from ...grading.bank import Bank
from ...grading.spec import Function, Spec
from ...grading.specs.unet import CONV2D, case, conv2d_cases, conv2d_small, whole
from ...reference import conv2d_forward
from .plain import plain

# one_pixel

pixel = Bank()
FORMULA = "out = bias[f] + sum over c,i,j of weight[f,c,i,j] x[n,c,h+i,w+j]"


def window(x, weight, n, h, w):
    kh, kw = weight.shape[2:]
    return x[n, :, h : h + kh, w : w + kw]


def one_pixel(x, weight, bias, n, f, h, w):
    return bias[f] + (weight[f] * window(x, weight, n, h, w)).sum()


@pixel.after("out", "bias missing", "The neuron's bias is added once.", "Add bias[f].")
def without_bias(result, bias, f):
    return result - bias[f]


@pixel.instead("out", "all biases added", "Filter f has one bias, one number.", "bias[f]")
def all_biases(x, weight, bias, n, f, h, w):
    return one_pixel(x, weight, bias, n, f, h, w) - bias[f] + bias


@pixel.instead("out", "kernel turned by 180 degrees", "That is convolution; a network's is correlation.", "weight[f]")
def turned(x, weight, bias, n, f, h, w):
    return one_pixel(x, weight[:, :, ::-1, ::-1], bias, n, f, h, w)


@pixel.instead("out", "first channel only", "The sum runs over all channels.", "Sum over c as well.")
def first_channel(x, weight, bias, n, f, h, w):
    return one_pixel(x[:, :1], weight[:, :1], bias, n, f, h, w)


@pixel.instead("out", "window centred at the pixel", "Pixel (h, w) of a valid convolution begins at x[h, w].", "h + i")
def centred(x, weight, bias, n, f, h, w):
    kh, kw = weight.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (kh // 2, kh), (kw // 2, kw)])
    return one_pixel(padded, weight, bias, n, f, h, w)


@pixel.instead("out", "rows and columns exchanged", "h counts rows, w columns.", "x[n, c, h + i, w + j]")
def exchanged(x, weight, bias, n, f, h, w):
    return one_pixel(x, weight, bias, n, f, w, h)


@pixel.instead("out", "bias added at every product", "The bias stands outside the sum.", "Add it once, after the sum.")
def bias_often(x, weight, bias, n, f, h, w):
    return one_pixel(x, weight, bias, n, f, h, w) + (weight[0].size - 1) * bias[f]


def pixel_case(rng, *tags, N=3, C=2, H=9, W=11, F=4, kh=3, kw=5, at=(1, 2, 4, 1), draw=None):
    draw = draw or (lambda rng, *shape: rng.standard_normal(shape))
    n, f, h, w = at
    return case(*tags, x=draw(rng, N, C, H, W), weight=draw(rng, F, C, kh, kw), bias=draw(rng, F), n=n, f=f, h=h, w=w)


def pixel_cases(rng):
    return [
        pixel_case(rng),
        pixel_case(rng, "the pixel is the first", at=(0, 0, 0, 0)),
        # square, as the image's end would cut a window that is too large to the right size
        pixel_case(rng, "the pixel is the last", "the kernel is square", kh=3, kw=3, at=(2, 3, 6, 8)),
        pixel_case(rng, "C is 1", C=1, at=(1, 1, 2, 5)),
        pixel_case(rng, "the kernel is square", kh=3, kw=3, at=(2, 0, 1, 6)),
    ]


def pixel_small(rng):
    for k, C in product((1, 2), (1, 2)):
        yield pixel_case(rng, N=1, C=C, H=k + 1, W=k + 2, F=1, kh=k, kw=k, at=(0, 0, 1, 0), draw=whole)


ONE_PIXEL = plain(
    "one_pixel(x, weight, bias, n, f, h, w) -> out", FORMULA, one_pixel, pixel_cases, pixel_small, pixel, 1, 50
)

# conv2d_loops: the layer's forward, without a cache


def forward_alone(dout=None, **arguments):
    return {"out": conv2d_forward(*(value.astype(float) for value in arguments.values()))[0]}


CONV2D_LOOPS = replace(
    CONV2D,
    forward=Function("conv2d_loops", "conv2d_loops(x, weight, bias) -> out", 2, CONV2D.forward.outputs),
    backward=None,
    truth=forward_alone,
    mistakes=Bank(CONV2D.mistakes_of("out")),
    classes=(),
)

# true_convolution

flipping = Bank()


@flipping.instead("out", "correlation", "The kernel is turned by 180 degrees before it slides.", "[:, :, ::-1, ::-1]")
def correlation(x, weight):
    return conv2d_forward(x, weight, np.zeros(len(weight)))[0]


@flipping.instead("out", "turned about one axis only", "Both axes are reversed: i and j.", "[:, :, ::-1, ::-1]")
def rows_alone(x, weight):
    return correlation(x, weight[:, :, ::-1])


@flipping.instead("out", "columns alone reversed", "Both axes are reversed: i and j.", "[:, :, ::-1, ::-1]")
def columns_alone(x, weight):
    return correlation(x, weight[..., ::-1])


@flipping.instead("out", "kernel transposed", "To turn is to reverse both axes, not to exchange them.", "[::-1, ::-1]")
def transposed(x, weight):
    return correlation(x, weight.transpose(0, 1, 3, 2))


@flipping.instead("out", "image turned too", "Only one of the two is turned.", "Leave x as it is.")
def both(x, weight):
    return correlation(x[:, :, ::-1, ::-1], weight[:, :, ::-1, ::-1])


def true_convolution(x, weight):
    return correlation(x, weight[:, :, ::-1, ::-1])


def of_images(cases):
    return lambda rng: [
        replace(one, arguments={name: one.arguments[name] for name in ("x", "weight")}) for one in cases(rng)
    ]


TRUE_CONVOLUTION = plain(
    "true_convolution(x, weight) -> out",
    "out[n,f,h,w] = sum over c,i,j of weight[f,c,kh-1-i,kw-1-j] x[n,c,h+i,w+j]",
    true_convolution,
    of_images(conv2d_cases),
    of_images(conv2d_small),
    flipping,
    1,
    50,
)

SPEC = Spec(
    "lesson 1",
    (ONE_PIXEL, CONV2D_LOOPS, CONV2D, TRUE_CONVOLUTION),
    only=frozenset({"one_pixel", "conv2d_loops", "conv2d_forward", "true_convolution"}),
)
