"""Segmenting an image by overlap-tile, against PyTorch on the very same tiles, and the peak memory of each.

``python -m benchmarks.predict``: a 512x512 image with base 64 and base 16, and 4096x4096 with base 8, which comes from
a memory-mapped TIFF and whose mask goes to one.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
import tifffile

from minunet import UNet, predict
from minunet.sizes import margin
from minunet.tiling import PAPER_TILE, mirrored, tiles_along

from .harness import high_water, needs_torch, peak_memory, report, summary, take_turns

CASES = ((64, 512, 3), (16, 512, 5), (8, 4096, 1))  # base, side, rounds
DEPTH = 4


def main():
    needs_torch()
    rows = []
    for base, side, rounds in CASES:
        image = random_image(side)
        times = take_turns({name: make(base, image) for name, make in SIDES.items()}, rounds)
        best = min(median(times["torch"]), median(times["torch channels_last"]))
        for name, seconds in times.items():
            row = {"base": base, "side": side, "who": name, **summary(seconds)}
            row["time over torch's"] = median(seconds) / best
            if name != "torch channels_last":
                row["peak_MiB"] = peak_memory("benchmarks.predict", name, str(base), str(side))
            rows.append(row)
            print(*(f"{key} {value}" for key, value in row.items()), sep="; ", flush=True)
    report("predict", rows)


def random_image(side):
    return np.random.default_rng(0).integers(0, 255, (side, side), np.uint8)


def minunet_prediction(base, image):
    net = UNet(base=base)
    return lambda: predict(net, image)


def torch_prediction(base, image, channels_last=False):
    """Overlap-tile with minunet's places of the tiles."""
    torch = needs_torch()
    from .torch_unet import TorchUNet

    form = torch.channels_last if channels_last else torch.contiguous_format
    net = TorchUNet(base).to(memory_format=form).eval()
    border = margin(DEPTH)

    def run():
        H, W = image.shape
        probabilities = np.empty((2, H, W), np.float32)
        height, tops = tiles_along(H, PAPER_TILE, DEPTH)
        width, lefts = tiles_along(W, PAPER_TILE, DEPTH)
        with torch.inference_mode():
            for top in tops:
                rows = mirrored(top - border, top - border + height, H)
                for left in lefts:
                    columns = mirrored(left - border, left - border + width, W)
                    tile = torch.from_numpy(image[rows[:, None], columns].astype(np.float32))[None, None]
                    seen = net(tile.to(memory_format=form)).softmax(dim=1)[0].numpy()[:, : H - top, : W - left]
                    probabilities[:, top : top + seen.shape[1], left : left + seen.shape[2]] = seen
        return probabilities

    return run


SIDES = {
    "minunet": minunet_prediction,
    "torch": torch_prediction,
    "torch channels_last": lambda base, image: torch_prediction(base, image, channels_last=True),
}


def measure_memory(side, base, pixels):
    """Peak of one prediction from a memory-mapped TIFF, over what there was before."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image.tif"
        tifffile.imwrite(path, random_image(pixels))
        run = SIDES[side](base, tifffile.memmap(path, mode="r"))
        before = high_water()
        run()
        print(high_water() - before)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        measure_memory(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
