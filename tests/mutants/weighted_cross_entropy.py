"""Mistakes in the loss."""

from .patching import Mutant

FILE = "layers/weighted_cross_entropy.py"
GRADIENT = "return scale[:, None] * (p - is_label)"

MUTANTS = [
    Mutant(
        FILE,
        "weights not applied in backward",
        "The map pushes the loss about and teaches nothing.",
        {GRADIENT: "return (p - is_label) / labels.size"},
    ),
    Mutant(
        FILE,
        "weights squared in backward",
        "Once in the cache, once more by hand.",
        {GRADIENT: "return scale[:, None] ** 2 * (p - is_label)"},
    ),
    Mutant(
        FILE,
        "divisor forgotten in backward",
        "The gradient of the sum for the loss of the mean: a learning rate of another size.",
        {"(exps / total, labels, scale)": "(exps / total, labels, weights)"},
    ),
    Mutant(
        FILE,
        "mean over images, not pixels",
        "In both passes alike: the gradients are right, of another loss.",
        {"return weights.size": "return weights.shape[0]"},
    ),
    Mutant(
        FILE,
        "mean over pixels and classes",
        "numpy.mean over an array that has C entries a pixel.",
        {GRADIENT: "return scale[:, None] * (p - is_label) / p.shape[1]"},
    ),
    Mutant(
        FILE,
        "weight_mean divides by the pixels",
        "Two reductions that are one; equal when all weights are 1.",
        {"return total\n": "return weights.size\n"},
    ),
    Mutant(
        FILE,
        "wrong sign",
        "The gradient goes uphill.",
        {"(p - is_label)": "(is_label - p)"},
    ),
    Mutant(
        FILE,
        "label forgotten in the gradient",
        "The softmax without the cross-entropy.",
        {GRADIENT: "return scale[:, None] * p"},
    ),
    Mutant(
        FILE,
        "probabilities for logits",
        "The gradient with respect to p, handed on as if it were that with respect to the logits.",
        {GRADIENT: "return -scale[:, None] * is_label / p"},
    ),
    Mutant(
        FILE,
        "softmax over the batch",
        "axis=0 for axis=1: the probabilities of one pixel no longer add up to 1.",
        {"total = exps.sum(axis=1, keepdims=True)": "total = exps.sum(axis=0, keepdims=True)"},
    ),
    Mutant(
        FILE,
        "the largest logit not subtracted",
        "exp overflows at 710: the loss of a confident network is nan.",
        {"highest = logits.real.max(axis=1, keepdims=True)": "highest = 0"},
    ),
    Mutant(
        FILE,
        "one maximum for all pixels",
        "No overflow, but a pixel far below the highest sums up to 0, and log 0 is -inf.",
        {"highest = logits.real.max(axis=1, keepdims=True)": "highest = logits.real.max()"},
    ),
    Mutant(
        FILE,
        "logarithm of the softmax",
        "p underflows to 0 where log p is a harmless -800.",
        {
            "xp.take_along_axis(logits - highest, labels[:, None].astype(xp.intp), axis=1) - xp.log(total)": (
                "xp.log(xp.take_along_axis(exps / total, labels[:, None].astype(xp.intp), axis=1))"
            )
        },
    ),
    Mutant(
        FILE,
        "logarithm to base 2",
        "The loss in bits, the gradient in nats.",
        {"xp.log(total)": "xp.log2(total)"},
    ),
    Mutant(
        FILE,
        "ignored pixels not ignored",
        "0 * nan is nan: one bad pixel of weight 0 spoils the loss and every weight.",
        {"logits = xp.where(weights[:, None] == 0, 0, logits)": "pass"},
    ),
    Mutant(
        FILE,
        "classes counted from one",
        "The gradient pulls to the class next to the label.",
        {"[:, None, None] == labels[:, None]": "[:, None, None] + 1 == labels[:, None]"},
    ),
]
