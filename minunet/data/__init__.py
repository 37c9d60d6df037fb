"""Images in, arrays out: files and folders, one real sample, and synthetic cells."""

from .dataset import Dataset, Sample, read_dataset, suspicious
from .images import read_image, read_label_stack, read_labels, read_stack, write_tiff
from .real import CREDIT, SampleUnavailable, nuclei
from .synthetic import touching_cells

__all__ = [
    "CREDIT",
    "Dataset",
    "Sample",
    "SampleUnavailable",
    "nuclei",
    "read_dataset",
    "read_image",
    "read_label_stack",
    "read_labels",
    "read_stack",
    "suspicious",
    "touching_cells",
    "write_tiff",
]
