"""Lesson 7: the first weights, the velocity of a parameter, dropout."""

from itertools import product

import numpy as np

from ...grading.bank import Bank
from ...grading.spec import Spec
from ...grading.specs.unet import DROPOUT, case, trivial, whole
from .plain import plain

# he_std

beginning = Bank()
INPUTS = "N counts the inputs of one neuron: the numbers in its window, in all channels."


def root(inputs, numerator=2):
    return np.sqrt(numerator / inputs)


def he_std(shape):
    return root(np.prod(shape[1:]))


@beginning.after("std", "variance for standard deviation", "2 / N is the variance.", "Take its square root.")
def variance(result):
    return result**2


@beginning.after("std", "2 missing", "The ReLU drops half of the squares; the 2 makes up for it.", "np.sqrt(2 / N)")
def without_two(result):
    return result / np.sqrt(2)


@beginning.after("std", "2 outside the root", "The root is of 2 / N.", "np.sqrt(2 / N)")
def two_outside(result):
    return result * np.sqrt(2)


@beginning.after("std", "root of N / 2", "More inputs need smaller weights.", "np.sqrt(2 / N)")
def upside_down(result):
    return 1 / result


@beginning.instead("std", "outputs counted", INPUTS + " F counts neurons.", "C * kh * kw")
def outputs(shape):
    F, _, kh, kw = shape
    return root(F * kh * kw)


@beginning.instead("std", "all weights counted", INPUTS + " There are F neurons.", "C * kh * kw")
def all_weights(shape):
    return root(np.prod(shape))


@beginning.instead("std", "kernel left out", INPUTS, "C * kh * kw")
def channels_alone(shape):
    return root(shape[1])


@beginning.instead("std", "channels left out", INPUTS, "C * kh * kw")
def kernel_alone(shape):
    return root(shape[2] * shape[3])


@beginning.instead("std", "neurons and kernel left out", INPUTS, "C * kh * kw")
def neurons_alone(shape):
    return root(shape[0])


@beginning.instead("std", "kernel taken for a square", "kh and kw may differ.", "C * kh * kw")
def rows_squared(shape):
    return root(shape[1] * shape[2] ** 2)


@beginning.instead("std", "kernel taken for 3x3", "kh and kw are in the shape.", "C * kh * kw")
def nine(shape):
    return root(9 * shape[1])


@beginning.instead("std", "kernel multiplied", "2 / C * kh * kw divides by C alone.", "2 / (C * kh * kw)")
def without_parentheses(shape):
    return np.sqrt(2 / shape[1] * shape[2] * shape[3])


@beginning.instead("std", "inputs and outputs averaged", "That is Glorot's rule, for other layers.", "C * kh * kw")
def glorot(shape):
    F, C, kh, kw = shape
    return root((F + C) * kh * kw)


def shapes(rng):
    return [
        case(shape=np.array([5, 3, 3, 7])),
        case("the kernel is square", shape=np.array([4, 7, 5, 5])),
        case("C equals F", shape=np.array([6, 6, 3, 5])),
        case("C is 1", shape=np.array([8, 1, 3, 5])),
        case("F is 1", shape=np.array([1, 9, 5, 3])),
        case("the kernel is 3x3", shape=np.array([128, 64, 3, 3])),
        trivial("the kernel is 1x1", shape=np.array([2, 64, 1, 1])),
    ]


def small_shapes(rng):
    for kh, kw, C, F in product((1, 2, 3), (1, 2, 3), (1, 2, 8), (1, 2)):
        yield case(shape=np.array([F, C, kh, kw]))


HE_STD = plain("he_std(shape) -> std", "std = sqrt(2 / (C kh kw))", he_std, shapes, small_shapes, beginning, 1, 4)

# momentum_step

stepping = Bank()
DOWN = "The gradient points uphill, and a step goes down."
MEMORY = "What it remembers is the last step, times the momentum."


def momentum_step(velocity, grad, lr, momentum):
    return momentum * velocity - lr * grad


@stepping.instead("v", "uphill", DOWN, "- lr * grad")
def uphill(velocity, grad, lr, momentum):
    return momentum * velocity + lr * grad


@stepping.instead("v", "velocity subtracted", MEMORY, "momentum * velocity - lr * grad")
def backwards(velocity, grad, lr, momentum):
    return -momentum * velocity - lr * grad


@stepping.instead("v", "velocity multiplied by -lr too", MEMORY + " lr is for the gradient alone.", "- lr * grad")
def two_forms(velocity, grad, lr, momentum):
    return -lr * (momentum * velocity + grad)


@stepping.instead("v", "velocity multiplied by lr too", MEMORY + " lr is for the gradient alone.", "- lr * grad")
def scaled(velocity, grad, lr, momentum):
    return lr * (momentum * velocity - grad)


@stepping.instead("v", "sum of gradients", "That velocity is no step: lr and a minus are missing.", "- lr * grad")
def sum_of_gradients(velocity, grad, momentum):
    return momentum * velocity + grad


@stepping.instead("v", "lr left out", "The gradient is multiplied by lr.", "- lr * grad")
def without_lr(velocity, grad, momentum):
    return momentum * velocity - grad


@stepping.instead("v", "velocity left out", MEMORY, "momentum * velocity - lr * grad")
def no_memory(grad, lr):
    return -lr * grad


@stepping.instead("v", "gradient left out", "Each step adds the gradient of now.", "- lr * grad")
def no_gradient(velocity, momentum):
    return momentum * velocity


@stepping.instead("v", "momentum left out", MEMORY, "momentum * velocity")
def forgets_nothing(velocity, grad, lr):
    return velocity - lr * grad


@stepping.instead("v", "1 - momentum for momentum", MEMORY, "momentum * velocity")
def complement(velocity, grad, lr, momentum):
    return (1 - momentum) * velocity - lr * grad


@stepping.instead("v", "gradient multiplied by 1 - momentum", "It is a sum and no mean.", "lr")
def running_mean(velocity, grad, lr, momentum):
    return momentum * velocity - (1 - momentum) * lr * grad


@stepping.instead("v", "gradient multiplied by momentum too", "Only what is old fades.", "- lr * grad")
def ages_at_once(velocity, grad, lr, momentum):
    return momentum * (velocity - lr * grad)


@stepping.instead("v", "lr and momentum exchanged", "momentum is the velocity's.", "Exchange them.")
def exchanged(velocity, grad, lr, momentum):
    return lr * velocity - momentum * grad


@stepping.instead("v", "Nesterov's look ahead", "That is another method than the equation's.", "momentum * velocity")
def nesterov(velocity, grad, lr, momentum):
    return momentum * momentum_step(velocity, grad, lr, momentum) - lr * grad


def step_case(rng, *tags, shape=(4, 2, 3, 5), lr=0.2, momentum=0.9, moving=True, draw=None):
    draw = draw or (lambda rng, *shape: rng.standard_normal(shape))
    make = case if moving and momentum else trivial
    return make(*tags, velocity=draw(rng, *shape) * moving, grad=draw(rng, *shape), lr=lr, momentum=momentum)


def step_cases(rng):
    return [
        step_case(rng),
        step_case(rng, "it is a bias", shape=(7,)),
        step_case(rng, "lr is small", lr=0.003),
        step_case(rng, "momentum is 0.99", momentum=0.99),
        step_case(rng, "momentum is 0", momentum=0.0),
        step_case(rng, "velocity is 0", moving=False),
    ]


def step_small(rng):
    for size, lr, momentum in product((1, 2), (1.0, 0.5, 0.1), (0.5, 0.9)):
        yield step_case(rng, shape=(size,), lr=lr, momentum=momentum, draw=whole)


MOMENTUM_STEP = plain(
    "momentum_step(velocity, grad, lr, momentum) -> v",
    "v = momentum velocity - lr grad",
    momentum_step,
    step_cases,
    step_small,
    stepping,
    2,
    4,
)

SPEC = Spec(
    "lesson 7",
    (HE_STD, MOMENTUM_STEP, DROPOUT),
    only=frozenset({"he_std", "momentum_step", "dropout_forward", "dropout_backward"}),
)
