"""Any number of a training step, as the sum that made it: a file for each layer, as in `minunet.layers`.

Each ``explain_RESULT(values, *index)`` is given what its event took, by the names of the arguments, and reads the
formula off: which elements were multiplied, and which were added. Nothing here computes a layer.
"""

from collections.abc import Callable
from typing import Any

from . import conv2d, conv_transpose2d, crop_concat, dropout, max_pool2d, relu, update, weighted_cross_entropy
from .bias import explain_dbias
from .explanation import Explanation, Factor, Group, Term
from .places import Named

EXPLAINERS: dict[tuple[str, str], Callable[..., dict[str, Any]]] = {
    ("conv2d", "out"): conv2d.explain_out,
    ("conv2d", "dx"): conv2d.explain_dx,
    ("conv2d", "dweight"): conv2d.explain_dweight,
    ("conv2d", "dbias"): explain_dbias,
    ("relu", "out"): relu.explain_out,
    ("relu", "dx"): relu.explain_dx,
    ("max_pool2d", "out"): max_pool2d.explain_out,
    ("max_pool2d", "dx"): max_pool2d.explain_dx,
    ("conv_transpose2d", "out"): conv_transpose2d.explain_out,
    ("conv_transpose2d", "dx"): conv_transpose2d.explain_dx,
    ("conv_transpose2d", "dweight"): conv_transpose2d.explain_dweight,
    ("conv_transpose2d", "dbias"): explain_dbias,
    ("crop_concat", "out"): crop_concat.explain_out,
    ("crop_concat", "dskip"): crop_concat.explain_dskip,
    ("crop_concat", "dx"): crop_concat.explain_dx,
    ("skip", "out"): crop_concat.explain_split,
    ("skip", "dx"): crop_concat.explain_join,
    ("dropout", "out"): dropout.explain_out,
    ("dropout", "dx"): dropout.explain_dx,
    ("weighted_cross_entropy", "out"): weighted_cross_entropy.explain_out,
    ("weighted_cross_entropy", "dlogits"): weighted_cross_entropy.explain_dlogits,
    ("sgd", "velocity.new"): update.explain_velocity,
    ("sgd", "new"): update.explain_sgd,
    ("adam", "m.new"): update.explain_m,
    ("adam", "v.new"): update.explain_v,
    ("adam", "new"): update.explain_adam,
}

__all__ = ["EXPLAINERS", "Explanation", "Factor", "Group", "Named", "Term"]
