"""What goes wrong in the weighted softmax cross-entropy."""

import numpy as np

from ..bank import Bank

bank = Bank()

MEAN = "The mean runs over images and pixels: sum(w * -log p) / (N*H*W)."
REDUCTION = 'There are three: "mean" divides by N*H*W, "sum" by nothing, "weight_mean" by the sum of the weights.'
DIVIDE = {"mean": "Divide by N*H*W.", "sum": "Divide by nothing.", "weight_mean": "Divide by weights.sum()."}
LOG = "The logarithm is of the softmax: log p = z - log(sum(exp(z))), with the largest logit subtracted first."
EPSILONS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, 1e-20, 1e-100, 1e-300)


def softmax(logits, axis=1):
    """Stable, over the classes."""
    exponentials = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def ones_for_none(labels, weights):
    return np.ones(labels.shape) if weights is None else weights


def one_hot(logits, labels):
    return (labels[:, None] == np.arange(logits.shape[1])[:, None, None]).astype(logits.dtype)


def divisor(labels, weights, reduction):
    """What the sum is divided by."""
    return {"mean": labels.size, "sum": 1, "weight_mean": ones_for_none(labels, weights).sum()}[reduction]


def loss_of(minus_log_p, labels, weights, reduction):
    """The sum over pixels, of a (N, H, W), weighted and reduced."""
    return (ones_for_none(labels, weights) * minus_log_p).sum() / divisor(labels, weights, reduction)


def minus_log(logits, labels):
    """-log p of each pixel's label."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.take_along_axis(log_p, labels[:, None], axis=1)[:, 0]


def minus_log_over(logits, labels, axis):
    """-log of a softmax over another axis, or over several."""
    shifted = logits - logits.max(axis=axis, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return -np.take_along_axis(log_p, labels[:, None], axis=1)[:, 0]


def at_labels(values, labels):
    return np.take_along_axis(values, labels[:, None], axis=1)[:, 0]


# forward


@bank.instead(
    "loss",
    "exp without subtracting the largest logit",
    "exp(800) is infinite. Subtracting the largest logit of a pixel changes no probability, and nothing overflows.",
    "logits - logits.max(axis=1, keepdims=True)",
)
def unshifted(logits, labels, weights, reduction):
    with np.errstate(all="ignore"):
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return loss_of(-np.log(at_labels(p, labels)), labels, weights, reduction)


@bank.instead(
    "loss",
    "log-sum-exp without subtracting the largest logit",
    "exp(800) is infinite. Subtracting the largest logit of a pixel changes no probability, and nothing overflows.",
    "logits - logits.max(axis=1, keepdims=True)",
)
def log_sum_unshifted(logits, labels, weights, reduction):
    with np.errstate(all="ignore"):
        minus_log_p = np.log(np.exp(logits).sum(axis=1)) - at_labels(logits, labels)
        return loss_of(minus_log_p, labels, weights, reduction)


@bank.instead(
    "loss",
    "log of a probability that is 0",
    "Where the right class is 800 below the largest logit, exp underflows to 0, and its log is infinite. " + LOG,
    "z - log(sum(exp(z)))",
)
def underflow(logits, labels, weights, reduction):
    with np.errstate(all="ignore"):
        return loss_of(-np.log(at_labels(softmax(logits), labels)), labels, weights, reduction)


for epsilon in EPSILONS:

    @bank.instead(
        "loss",
        f"adds {epsilon:g} inside the logarithm",
        "It hides the underflow, and the loss is wrong there. " + LOG,
        "z - log(sum(exp(z)))",
    )
    def with_epsilon(logits, labels, weights, reduction, epsilon=epsilon):
        return loss_of(-np.log(at_labels(softmax(logits), labels) + epsilon), labels, weights, reduction)

    @bank.instead(
        "loss",
        f"clips the probability at {epsilon:g}",
        "It hides the underflow, and the loss is wrong there. " + LOG,
        "z - log(sum(exp(z)))",
    )
    def clipped(logits, labels, weights, reduction, epsilon=epsilon):
        return loss_of(-np.log(at_labels(softmax(logits), labels).clip(epsilon)), labels, weights, reduction)


@bank.before("loss", "weights ignored", "Each pixel's term is multiplied by its weight.", "Multiply by weights.")
def unweighted(labels):
    return {"weights": np.ones(labels.shape)}


@bank.before("loss", "weights squared", "Each pixel's term is multiplied by its weight once.", "Multiply once.")
def squared_weights(labels, weights):
    return {"weights": ones_for_none(labels, weights) ** 2}


@bank.instead("loss", "weights inside the logarithm", "The weight stands before the logarithm.", "w * log(p)")
def weights_inside(logits, labels, weights, reduction):
    with np.errstate(all="ignore"):
        w = ones_for_none(labels, weights)
        return (minus_log(logits, labels) - np.log(w)).sum() / divisor(labels, weights, reduction)


@bank.after("loss", "divided by N alone", MEAN, "Divide by N*H*W.")
def images_only(result, labels, reduction):
    return result * (labels[0].size if reduction == "mean" else 1)


@bank.after("loss", "divided by H*W alone", MEAN, "Divide by N*H*W.")
def pixels_only(result, labels, reduction):
    return result * (len(labels) if reduction == "mean" else 1)


@bank.after("loss", "divided by the classes too", MEAN, "Do not divide by C: np.mean over a one-hot product does.")
def classes_too(result, logits, reduction):
    return result / (logits.shape[1] if reduction == "mean" else 1)


@bank.after("loss", "divided by the classes too, whatever the reduction", MEAN, "Do not divide by C.")
def classes_always(result, logits):
    return result / logits.shape[1]


@bank.before("loss", "always the mean", REDUCTION, "Look at reduction.")
def always_mean():
    return {"reduction": "mean"}


@bank.before("loss", "always the sum", REDUCTION, "Look at reduction.")
def always_sum():
    return {"reduction": "sum"}


@bank.before("loss", "always divided by the sum of weights", REDUCTION, "Look at reduction.")
def always_weight_mean():
    return {"reduction": "weight_mean"}


def add_treated(output, one, other):
    """One reduction taken for another."""

    @bank.before(output, f'"{one}" treated as "{other}"', REDUCTION, DIVIDE[one])
    def treated(reduction):
        return {"reduction": other if reduction == one else reduction}


for one, other in (
    ("weight_mean", "mean"),
    ("mean", "weight_mean"),
    ("mean", "sum"),
    ("sum", "mean"),
    ("weight_mean", "sum"),
):
    add_treated("loss", one, other)
    add_treated("dlogits", one, other)


@bank.instead("loss", '"weight_mean" divides by how many weights are not 0', REDUCTION, "Divide by weights.sum().")
def by_count(logits, labels, weights, reduction):
    w = ones_for_none(labels, weights)
    total = (w * minus_log(logits, labels)).sum()
    return total / {"mean": labels.size, "sum": 1, "weight_mean": np.count_nonzero(w)}[reduction]


@bank.instead("loss", '"mean" divides by how many weights are not 0', MEAN, "Divide by N*H*W.")
def mean_by_count(logits, labels, weights, reduction):
    w = ones_for_none(labels, weights)
    total = (w * minus_log(logits, labels)).sum()
    return total / {"mean": np.count_nonzero(w), "sum": 1, "weight_mean": w.sum()}[reduction]


@bank.after("loss", "binary logarithm", "The paper's logarithm is the natural one.", "np.log")
def binary(result):
    return result / np.log(2)


@bank.after("loss", "decimal logarithm", "The paper's logarithm is the natural one.", "np.log")
def decimal(result):
    return result / np.log(10)


@bank.after("loss", "minus missing", "The loss is -log p, which is never negative.", "Write the minus.")
def no_minus(result):
    return -result


@bank.instead("loss", "probability for its logarithm", LOG, "Take the logarithm.")
def without_log(logits, labels, weights, reduction):
    return loss_of(-at_labels(softmax(logits), labels), labels, weights, reduction)


@bank.instead("loss", "1 - p for -log p", LOG, "Take the logarithm.")
def complement(logits, labels, weights, reduction):
    return loss_of(1 - at_labels(softmax(logits), labels), labels, weights, reduction)


@bank.instead("loss", "squared error", "Cross-entropy is -log of the label's probability.", "-log p")
def squared_error(logits, labels, weights, reduction):
    return loss_of(((softmax(logits) - one_hot(logits, labels)) ** 2).sum(axis=1), labels, weights, reduction)


@bank.instead("loss", "summed over all classes", "Only the label's class has a term.", "Take log p at the label.")
def all_classes(logits, labels, weights, reduction):
    each = sum(minus_log(logits, np.full_like(labels, c)) for c in range(logits.shape[1]))
    return loss_of(each, labels, weights, reduction)


@bank.instead("loss", "entropy of the prediction", "The truth is the label, not the prediction.", "-log p at the label")
def entropy(logits, labels, weights, reduction):
    p = softmax(logits)
    each = sum(p[:, c] * minus_log(logits, np.full_like(labels, c)) for c in range(logits.shape[1]))
    return loss_of(each, labels, weights, reduction)


@bank.instead(
    "loss", "binary cross-entropy of each class", "The softmax has one term, that of the label.", "-log p at the label"
)
def each_class_binary(logits, labels, weights, reduction):
    y, p = one_hot(logits, labels), softmax(logits)
    with np.errstate(all="ignore"):
        return loss_of(-(y * np.log(p) + (1 - y) * np.log(1 - p)).sum(axis=1), labels, weights, reduction)


@bank.before("loss", "next class for the label", "Classes count from 0.", "Do not add 1 to the labels.")
def next_class(logits, labels):
    return {"labels": (labels + 1) % logits.shape[1]}


@bank.before("loss", "class before the label", "Classes count from 0.", "Do not subtract 1 from the labels.")
def class_before(logits, labels):
    return {"labels": labels - 1 + logits.shape[1] * (labels == 0)}


@bank.before("loss", "likeliest class for the label", "The label says which class is right.", "Index by labels.")
def likeliest(logits):
    return {"labels": logits.argmax(axis=1)}


@bank.instead("loss", "softmax over the images", "The softmax is over the classes, axis 1.", "axis=1")
def over_images(logits, labels, weights, reduction):
    return loss_of(minus_log_over(logits, labels, 0), labels, weights, reduction)


@bank.instead("loss", "softmax over rows", "The softmax is over the classes, axis 1.", "axis=1")
def over_rows(logits, labels, weights, reduction):
    return loss_of(minus_log_over(logits, labels, 2), labels, weights, reduction)


@bank.instead("loss", "softmax over columns", "The softmax is over the classes, axis 1.", "axis=1")
def over_columns(logits, labels, weights, reduction):
    return loss_of(minus_log_over(logits, labels, 3), labels, weights, reduction)


@bank.instead("loss", "softmax over everything", "Each pixel has a softmax of its own.", "axis=1, keepdims=True")
def over_everything(logits, labels, weights, reduction):
    return loss_of(minus_log_over(logits, labels, (0, 1, 2, 3)), labels, weights, reduction)


@bank.instead("loss", "the logit for its logarithmic probability", LOG, "Subtract log(sum(exp)).")
def bare_logit(logits, labels, weights, reduction):
    return loss_of(-at_labels(logits, labels), labels, weights, reduction)


@bank.instead("loss", "softmax over each image", "Each pixel has a softmax of its own.", "axis=1, keepdims=True")
def over_each_image(logits, labels, weights, reduction):
    return loss_of(minus_log_over(logits, labels, (1, 2, 3)), labels, weights, reduction)


@bank.instead("loss", "sigmoid of each class for a softmax", "The classes exclude each other.", "Softmax over axis 1.")
def sigmoids(logits, labels, weights, reduction):
    y = one_hot(logits, labels)
    each = np.logaddexp(0, -logits) * y + np.logaddexp(0, logits) * (1 - y)
    return loss_of(each.sum(axis=1), labels, weights, reduction)


@bank.before("loss", "class 0 for the label", "The label says which class is right.", "Index by labels.")
def always_first(labels):
    return {"labels": np.zeros_like(labels)}


@bank.instead("loss", "largest logit subtracted in the sum alone", LOG, "z - max - log(sum(exp(z - max)))")
def half_shifted(logits, labels, weights, reduction):
    return loss_of(minus_log(logits, labels) - logits.max(axis=1), labels, weights, reduction)


@bank.before(
    "loss", "classes and pixels mixed up by reshape", "A reshape exchanges no axes.", "transpose(0, 2, 3, 1) first"
)
def reshaped(logits):
    N, C, H, W = logits.shape
    return {"logits": logits.reshape(N, H, W, C).transpose(0, 3, 1, 2)}


@bank.before("loss", "labels in another order than the logits", "A reshape exchanges no axes.", "Flatten both alike.")
def labels_reordered(labels):
    N, H, W = labels.shape
    return {"labels": labels.transpose(0, 2, 1).reshape(N, H, W)}


# gradient

FORMULA = "dz = w * (p - 1 at the label) / divisor"


def gradient(p, logits, labels, weights, reduction):
    """FORMULA, for any p."""
    w = ones_for_none(labels, weights)[:, None]
    return w * (p - one_hot(logits, labels)) / divisor(labels, weights, reduction)


@bank.after("dlogits", "wrong sign", "It is p minus the one-hot label.", "p - y, not y - p.")
def negated(result):
    return -result


@bank.after("dlogits", "doubled", "Cross-entropy has no factor of 2.", "Leave it out.")
def twice(result):
    return 2 * result


@bank.after("dlogits", "zero", "It is never filled.", FORMULA)
def nothing(result):
    return np.zeros_like(result)


@bank.before("dlogits", "weights ignored", "The weight multiplies the gradient as it does the loss.", FORMULA)
def gradient_unweighted(labels):
    return {"weights": np.ones(labels.shape)}


@bank.instead(
    "dlogits", "weights ignored, but divided by their sum", "The weight multiplies the gradient as well.", FORMULA
)
def gradient_unweighted_divided(logits, labels, weights, reduction):
    return gradient(softmax(logits), logits, labels, None, "sum") / divisor(labels, weights, reduction)


@bank.after("dlogits", "weights squared", "The weight multiplies the gradient once.", FORMULA)
def gradient_squared_weights(result, labels, weights):
    return result * ones_for_none(labels, weights)[:, None]


@bank.before("dlogits", "not divided", REDUCTION, "Divide as forward does.")
def gradient_sum():
    return {"reduction": "sum"}


@bank.before("dlogits", "always divided by N*H*W", REDUCTION, "Divide as forward does.")
def gradient_mean():
    return {"reduction": "mean"}


@bank.before("dlogits", "always divided by the sum of weights", REDUCTION, "Divide as forward does.")
def gradient_weight_mean():
    return {"reduction": "weight_mean"}


@bank.after("dlogits", "divided by N alone", MEAN, "Divide by N*H*W.")
def gradient_images_only(result, labels, reduction):
    return result * (labels[0].size if reduction == "mean" else 1)


@bank.after("dlogits", "divided by H*W alone", MEAN, "Divide by N*H*W.")
def gradient_pixels_only(result, labels, reduction):
    return result * (len(labels) if reduction == "mean" else 1)


@bank.after("dlogits", "divided by N, whatever the reduction", REDUCTION, "Divide as forward does, once.")
def gradient_images_always(result, labels):
    return result / len(labels)


@bank.instead("dlogits", "always divided by N alone", REDUCTION, "Divide as forward does.")
def gradient_by_images(logits, labels, weights):
    return gradient(softmax(logits), logits, labels, weights, "sum") / len(labels)


@bank.after("dlogits", "divided by the classes too", MEAN, "Do not divide by C.")
def gradient_classes_too(result, logits):
    return result / logits.shape[1]


@bank.after("dlogits", "divided twice", "It is divided once, as forward does.", FORMULA)
def divided_twice(result, labels, weights, reduction):
    return result / divisor(labels, weights, reduction)


@bank.instead("dlogits", "1 not subtracted at the label", FORMULA, "p[label] -= 1")
def bare_softmax(logits, labels, weights, reduction):
    return ones_for_none(labels, weights)[:, None] * softmax(logits) / divisor(labels, weights, reduction)


@bank.instead("dlogits", "1 subtracted from every class", FORMULA, "At the label alone.")
def from_every_class(logits, labels, weights, reduction):
    return ones_for_none(labels, weights)[:, None] * (softmax(logits) - 1) / divisor(labels, weights, reduction)


@bank.instead("dlogits", "the label's number subtracted", FORMULA, "y is 1 at the label, else 0.")
def number_subtracted(logits, labels, weights, reduction):
    difference = softmax(logits) - labels[:, None]
    return ones_for_none(labels, weights)[:, None] * difference / divisor(labels, weights, reduction)


@bank.after("dlogits", "label's class alone", "The other classes have the gradient w * p.", FORMULA)
def label_alone(result, logits, labels):
    return result * one_hot(logits, labels)


@bank.instead(
    "dlogits", "p (1 - p) alone", "The softmax's Jacobian is not diagonal: every logit moves every p.", FORMULA
)
def diagonal(logits, labels, weights, reduction):
    p = softmax(logits)
    return ones_for_none(labels, weights)[:, None] * p * (1 - p) / divisor(labels, weights, reduction)


@bank.instead("dlogits", "(p - y) times p (1 - p)", "The derivative of the sigmoid is in p - y already.", FORMULA)
def sigmoid_too(logits, labels, weights, reduction):
    p = softmax(logits)
    return gradient(p, logits, labels, weights, reduction) * p * (1 - p)


@bank.instead("dlogits", "logits for probabilities", FORMULA, "Take the softmax first.")
def of_logits(logits, labels, weights, reduction):
    return gradient(logits, logits, labels, weights, reduction)


@bank.instead(
    "dlogits", "gradient with respect to p", "-1/p is the loss's derivative by p; the softmax follows.", FORMULA
)
def by_probability(logits, labels, weights, reduction):
    with np.errstate(all="ignore"):
        p = softmax(logits)
        w = ones_for_none(labels, weights)[:, None]
        return np.where(one_hot(logits, labels) > 0, -w / p, 0) / divisor(labels, weights, reduction)


@bank.before("dlogits", "next class for the label", "Classes count from 0.", "Do not add 1 to the labels.")
def gradient_next_class(logits, labels):
    return {"labels": (labels + 1) % logits.shape[1]}


@bank.before("dlogits", "class before the label", "Classes count from 0.", "Do not subtract 1 from the labels.")
def gradient_class_before(logits, labels):
    return {"labels": labels - 1 + logits.shape[1] * (labels == 0)}


@bank.instead("dlogits", "label 1 less, and none for class 0", "Classes count from 0.", "labels == k")
def gradient_from_one(logits, labels, weights, reduction):
    w = ones_for_none(labels, weights)[:, None]
    return w * (softmax(logits) - one_hot(logits, labels - 1)) / divisor(labels, weights, reduction)


@bank.instead("dlogits", "label 1 more, and none for the last class", "Classes count from 0.", "labels == k")
def gradient_to_last(logits, labels, weights, reduction):
    w = ones_for_none(labels, weights)[:, None]
    return w * (softmax(logits) - one_hot(logits, labels + 1)) / divisor(labels, weights, reduction)


@bank.instead("dlogits", "less the mean over the classes", FORMULA, "Nothing else is subtracted.")
def less_mean(logits, labels, weights, reduction):
    p = softmax(logits)
    return gradient(p - p.mean(axis=1, keepdims=True), logits, labels, weights, reduction)


@bank.after(
    "dlogits", "classes and pixels mixed up by reshape", "A reshape exchanges no axes.", "transpose(0, 3, 1, 2)"
)
def gradient_reshaped(result):
    return result.transpose(0, 2, 3, 1).reshape(result.shape)


@bank.before("dlogits", "likeliest class for the label", "The label says which class is right.", "Index by labels.")
def gradient_likeliest(logits):
    return {"labels": logits.argmax(axis=1)}


@bank.instead("dlogits", "softmax over the images", "The softmax is over the classes, axis 1.", "axis=1")
def gradient_over_images(logits, labels, weights, reduction):
    return gradient(softmax(logits, axis=0), logits, labels, weights, reduction)


@bank.instead("dlogits", "softmax over rows", "The softmax is over the classes, axis 1.", "axis=1")
def gradient_over_rows(logits, labels, weights, reduction):
    return gradient(softmax(logits, axis=2), logits, labels, weights, reduction)


@bank.instead("dlogits", "softmax over columns", "The softmax is over the classes, axis 1.", "axis=1")
def gradient_over_columns(logits, labels, weights, reduction):
    return gradient(softmax(logits, axis=3), logits, labels, weights, reduction)


@bank.instead(
    "dlogits",
    "exp without subtracting the largest logit",
    "exp(800) is infinite. Subtracting the largest logit of a pixel changes no probability, and nothing overflows.",
    "logits - logits.max(axis=1, keepdims=True)",
)
def gradient_unshifted(logits, labels, weights, reduction):
    with np.errstate(all="ignore"):
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return gradient(p, logits, labels, weights, reduction)
