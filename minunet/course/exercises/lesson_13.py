"""Lesson 13: the share of wrong pixels, V_rand by a table of pairs, and SEG over objects."""

import numpy as np

from ... import metrics
from ...grading.bank import Bank
from ...grading.spec import Spec
from ...grading.specs.unet import case
from .plain import plain

# pixel_error

pixels = Bank()


@pixels.after("out", "share of the right pixels", "An error counts what is wrong: 0 is perfect.", "!= for ==")
def share_right(result):
    return 1 - result


@pixels.instead("out", "sum for mean", "A share does not grow with the image.", "Divide by the number of pixels.")
def summed(predicted, truth):
    return np.sum(predicted != truth)


@pixels.instead(
    "out", "difference of the classes averaged", "Class 2 for class 0 is one wrong pixel.", "Compare by !=."
)
def difference(predicted, truth):
    return np.mean(np.abs(predicted - truth))


@pixels.instead("out", "mean over the foreground of the truth", "All pixels count.", "Divide by truth.size.")
def of_foreground(predicted, truth):
    return np.sum(predicted != truth) / max(1, np.sum(truth > 0))


@pixels.instead("out", "foreground against background alone", "One class for another is wrong too.", "Compare classes.")
def two_classes(predicted, truth):
    return np.mean((predicted > 0) != (truth > 0))


def pixel_cases(rng):
    def one(H, W, classes, *tags):
        truth = rng.integers(0, classes, (H, W))
        wrong = rng.random((H, W)) < 0.3
        return case(*tags, predicted=np.where(wrong, rng.integers(0, classes, (H, W)), truth), truth=truth)

    return [one(9, 14, 2), one(14, 9, 3, "there are three classes"), one(1, 7, 2, "the image is one row")]


def pixel_small(rng):
    for predicted, truth in (
        ([[1, 0]], [[1, 1]]),
        ([[0, 2]], [[0, 0]]),
        ([[1, 2]], [[1, 1]]),
        ([[1, 0, 0]], [[0, 0, 1]]),
    ):
        yield case(predicted=np.array(predicted), truth=np.array(truth))


PIXEL_ERROR = plain(
    "pixel_error(predicted, truth) -> out",
    "out = pixels where predicted != truth / all pixels",
    lambda predicted, truth: metrics.pixel_error(predicted, truth),
    pixel_cases,
    pixel_small,
    pixels,
    1,
    10,
)

# v_rand

rand = Bank()


def pairs(predicted, truth):
    """Sums of squares of the table, and of its sums over rows and columns."""
    _, i, si = np.unique(predicted, return_inverse=True, return_counts=True)
    _, j, tj = np.unique(truth, return_inverse=True, return_counts=True)
    _, nij = np.unique(i.ravel() * len(tj) + j.ravel(), return_counts=True)
    return tuple(np.sum(counts.astype(float) ** 2) for counts in (nij, si, tj))


def inside(predicted, truth):
    """Pixels of the truth's foreground; of a predicted border each in a segment of its own."""
    here = truth > 0
    predicted, truth = predicted[here].astype(int), truth[here]
    border = predicted == 0
    predicted[border] = -1 - np.arange(border.sum())
    return predicted, truth


@rand.instead("out", "background counted for a segment", "Only pixels of the truth's foreground count.", "truth > 0")
def everywhere(predicted, truth):
    both, of_predicted, of_truth = pairs(predicted.ravel(), truth.ravel())
    return 2 * both / (of_predicted + of_truth)


@rand.instead("out", "the predicted border is one segment", "Its pixels belong together with nobody.", "Number them.")
def border_together(predicted, truth):
    here = truth > 0
    both, of_predicted, of_truth = pairs(predicted[here], truth[here])
    return 2 * both / (of_predicted + of_truth)


@rand.instead(
    "out", "the predicted border left out", "A pixel on a predicted border is cut off from its cell.", "Keep it."
)
def border_left_out(predicted, truth):
    here = (truth > 0) & (predicted > 0)
    both, of_predicted, of_truth = pairs(predicted[here], truth[here])
    return 2 * both / (of_predicted + of_truth)


@rand.instead("out", "divided by the truth's pairs alone", "That sees splits only, not mergers.", "Half of both sums.")
def splits_alone(predicted, truth):
    both, _, of_truth = pairs(*inside(predicted, truth))
    return both / of_truth


@rand.instead("out", "divided by the prediction's pairs alone", "That sees mergers only, not splits.", "Half of both.")
def mergers_alone(predicted, truth):
    both, of_predicted, _ = pairs(*inside(predicted, truth))
    return both / of_predicted


@rand.after("out", "1 - V_rand", "V_rand is 1 for a perfect prediction.", "Leave out 1 -.")
def error(result):
    return 1 - result


@rand.after("out", "the 2 missing", "The denominator is the mean of two sums.", "2 * both / (one + other)")
def without_two(result):
    return result / 2


def tissue(rng, H, W, count, border=0.12):
    """Segments with gaps between them: each pixel is of the nearest of some points, but for some."""
    points = rng.random((count, 2)) * [H, W]
    places = np.indices((H, W)).reshape(2, -1).T
    nearest = np.argmin(((places[:, None] - points) ** 2).sum(axis=2), axis=1).reshape(H, W)
    return np.where(rng.random((H, W)) < border, 0, rng.permutation(2 * count)[nearest] + 1)


def rand_cases(rng):
    def one(H, W, n, m, *tags):
        return case(*tags, predicted=tissue(rng, H, W, n), truth=tissue(rng, H, W, m))

    same = tissue(rng, 12, 19, 5)
    return [
        one(18, 25, 6, 7),
        case("segments are numbered otherwise", predicted=np.where(same > 0, 40 - same, 0), truth=same),
        case("there is one segment", predicted=np.ones((6, 9), int), truth=tissue(rng, 6, 9, 4)),
        one(25, 13, 9, 3, "many splits"),
        one(13, 25, 2, 8, "many mergers"),
    ]


def rand_small(rng):
    for predicted, truth in (
        ([1, 1, 2], [1, 2, 2]),
        ([1, 1, 1], [1, 1, 2]),
        ([1, 0, 0], [1, 1, 1]),
        ([1, 1, 1], [1, 0, 2]),
        ([1, 2, 0, 2], [3, 3, 3, 0]),
    ):
        yield case(predicted=np.array([predicted]), truth=np.array([truth]))


V_RAND = plain(
    "v_rand(predicted, truth) -> out",
    "out = sum of p[i,j]^2 / (sum of s[i]^2 / 2 + sum of t[j]^2 / 2), over pixels where truth > 0",
    lambda predicted, truth: metrics.v_rand(predicted, truth),
    rand_cases,
    rand_small,
    rand,
    2,
    20,
)

# seg

objects = Bank()


def jaccards(predicted, truth, matches):
    """For each true object the Jaccard index of its match, 0 without one."""
    found = []
    for number in np.unique(truth[truth > 0]):
        mine = truth == number
        best = 0.0
        for other in np.unique(predicted[mine]):
            its = predicted == other
            shared = np.sum(mine & its)
            if other and matches(shared, mine.sum(), its.sum()):
                best = max(best, shared / np.sum(mine | its))
        found.append(best)
    return np.array(found)


def half_of_truth(shared, true, found):
    return 2 * shared > true


def mean(values, empty):
    return values.mean() if values.size else empty


def nothing(predicted):
    return 0.0 if (predicted > 0).any() else 1.0


@objects.instead(
    "out", "best overlap, whatever its size", "A match covers more than half of the true object.", "2 * shared > true"
)
def any_overlap(predicted, truth):
    return mean(jaccards(predicted, truth, lambda *sizes: True), nothing(predicted))


@objects.instead(
    "out", "half of the predicted object", "It is half of the true one that must be covered.", "2 * shared > true"
)
def half_of_found(predicted, truth):
    return mean(jaccards(predicted, truth, lambda shared, true, found: 2 * shared > found), nothing(predicted))


@objects.instead(
    "out", "exactly half is taken for more than half", "More than half: two halves would both match.", "> for >="
)
def at_least_half(predicted, truth):
    return mean(jaccards(predicted, truth, lambda shared, true, found: 2 * shared >= true), nothing(predicted))


@objects.instead(
    "out", "missed objects left out of the mean", "An object without a match counts 0.", "Divide by all true ones."
)
def matched_alone(predicted, truth):
    found = jaccards(predicted, truth, half_of_truth)
    return mean(found[found > 0], 0.0 if found.size else nothing(predicted))


@objects.instead(
    "out",
    "missed objects left out, and an empty image gives 0",
    "An object without a match counts 0; where there is none and none was predicted, it is 1.",
    "Divide by all true ones.",
)
def matched_alone_else_zero(predicted, truth):
    found = jaccards(predicted, truth, half_of_truth)
    return mean(found[found > 0], 0.0)


def largest_overlap(predicted, truth):
    """For each true object that anything overlaps, the Jaccard index of what overlaps most."""
    found = []
    for number in np.unique(truth[truth > 0]):
        mine = truth == number
        others, shared = np.unique(predicted[mine & (predicted > 0)], return_counts=True)
        if len(others):
            its = predicted == others[np.argmax(shared)]
            found.append(np.sum(mine & its) / np.sum(mine | its))
    return np.array(found)


@objects.instead(
    "out",
    "missed objects left out, and matches of any size",
    "An object without a match counts 0; a match covers more than half of the true object.",
    "Count 0; 2 * shared > true.",
)
def friends(predicted, truth):
    return mean(largest_overlap(predicted, truth), 0.0)


@objects.instead(
    "out",
    "missed objects left out, matches of any size, an empty image right",
    "An object without a match counts 0; a match covers more than half of the true object.",
    "Count 0; 2 * shared > true.",
)
def friends_else_right(predicted, truth):
    found = largest_overlap(predicted, truth)
    return mean(found, 0.0 if (truth > 0).any() else nothing(predicted))


def with_background(predicted, truth):
    """The Jaccard index of each true object and what covers more than half of it, background or not."""
    found = []
    for number in np.unique(truth[truth > 0]):
        mine = truth == number
        others, shared = np.unique(predicted[mine], return_counts=True)
        its = predicted == others[np.argmax(shared)]
        found.append(np.sum(mine & its) / np.sum(mine | its) if 2 * shared.max() > mine.sum() else 0.0)
    return np.array(found)


@objects.instead("out", "the background taken for a match", "0 is no object.", "predicted[mine & (predicted > 0)]")
def background_matched(predicted, truth):
    return mean(with_background(predicted, truth), nothing(predicted))


@objects.instead(
    "out", "the background taken for a match, and no mean of nothing", "0 is no object.", "mine & (predicted > 0)"
)
def background_matched_else_nan(predicted, truth):
    return mean(with_background(predicted, truth), np.nan)


@objects.instead(
    "out", "mean over the predicted objects", "The mean is over the true ones.", "Divide by the true ones."
)
def over_found(predicted, truth):
    count = len(np.unique(predicted[predicted > 0]))
    return jaccards(predicted, truth, half_of_truth).sum() / count if count else float(not (truth > 0).any())


@objects.instead(
    "out", "shared pixels over the true object's", "The union has the predicted object's too.", "Divide by the union."
)
def recall(predicted, truth):
    found = []
    for number in np.unique(truth[truth > 0]):
        mine = truth == number
        shared = max((np.sum(mine & (predicted == other)) for other in np.unique(predicted[mine]) if other), default=0)
        found.append(shared / mine.sum() if 2 * shared > mine.sum() else 0.0)
    return mean(np.array(found), nothing(predicted))


@objects.instead(
    "out", "foreground overlap of the whole image", "Each object has an overlap of its own.", "Loop over objects."
)
def whole(predicted, truth):
    either = np.sum((predicted > 0) | (truth > 0))
    return np.sum((predicted > 0) & (truth > 0)) / either if either else 1.0


def seg_cases(rng):
    def one(H, W, n, m, *tags):
        return case(*tags, predicted=tissue(rng, H, W, n, 0.3), truth=tissue(rng, H, W, m, 0.3))

    same = tissue(rng, 12, 19, 5)
    halves = np.zeros((5, 8), int)
    halves[1:3, 1:7] = 4
    cut = np.where(halves > 0, 1 + (np.arange(8) > 3), 0)
    return [
        one(18, 25, 6, 7),
        case("objects are numbered otherwise", predicted=np.where(same > 0, 40 - same, 0), truth=same),
        case("an object is cut into halves", predicted=cut, truth=halves),
        one(25, 13, 9, 3, "many splits"),
        one(13, 25, 3, 8, "many mergers"),
        case("nothing was found", predicted=np.zeros((4, 6), int), truth=np.full((4, 6), 3)),
        case("there are no true objects", predicted=np.zeros((4, 6), int), truth=np.zeros((4, 6), int)),
        case(
            "there are no true objects",
            "there are none but predicted ones",
            predicted=np.eye(4, 6, dtype=int),
            truth=np.zeros((4, 6), int),
        ),
    ]


def seg_small(rng):
    for predicted, truth in (
        ([1, 1, 2, 2], [3, 3, 3, 3]),
        ([1, 0, 0, 0], [2, 2, 2, 0]),
        ([1, 1, 1, 1], [2, 2, 2, 0]),
        ([1, 1, 0], [2, 2, 2]),
        ([1, 1, 0, 4], [2, 2, 2, 0]),
        ([1, 1, 0, 0], [2, 2, 0, 3]),
        ([1, 1, 1, 1, 1], [2, 2, 0, 3, 3]),
    ):
        yield case(predicted=np.array([predicted]), truth=np.array([truth]))


SEG = plain(
    "seg(predicted, truth) -> out",
    "out = mean over true objects of |R and S| / |R or S|, S the one with |R and S| > |R| / 2, else 0",
    lambda predicted, truth: metrics.seg(predicted, truth),
    seg_cases,
    seg_small,
    objects,
    2,
    20,
)

SPEC = Spec("lesson 13", (PIXEL_ERROR, V_RAND, SEG), only=frozenset({"pixel_error", "v_rand", "seg"}))
