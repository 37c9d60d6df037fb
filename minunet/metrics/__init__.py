"""How good is a segmentation, in the field's own figures.

- `pixels`: pixel error and intersection over union, for any mask.
- `objects`: SEG, average precision and counting, for cells that somebody numbered.
- `mistakes`: which of them were merged, split, missed or invented.
- `neurites`: V_rand and V_info, for boundaries that part a whole image; the challenge of the paper's Table 1.
- `warping`: the warping error of that table.
"""

from .mistakes import Mistakes, mistakes
from .neurites import rand_error, segments, v_info, v_rand
from .objects import SMALLEST_OBJECT, average_precision, count, instances, overlaps, seg
from .pixels import iou, pixel_error
from .warping import warp, warping_error

__all__ = [
    "SMALLEST_OBJECT",
    "Mistakes",
    "average_precision",
    "count",
    "instances",
    "iou",
    "mistakes",
    "overlaps",
    "pixel_error",
    "rand_error",
    "seg",
    "segments",
    "v_info",
    "v_rand",
    "warp",
    "warping_error",
]
