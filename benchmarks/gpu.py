"""A training step on the GPU against PyTorch with cuDNN, and how far CuPy's numbers are from NumPy's.

``python -m benchmarks.gpu``, where CuPy finds a GPU: float32 with TF32 off, and with it on (CuPy: the environment
variable CUPY_TF32=1, so that each is a process of its own).
"""

import os
import subprocess
import sys
from statistics import median

import numpy as np

from minunet import SGD, UNet, to_device
from minunet.device import resolve_device

from .contestants import LEARNING_RATE, batch
from .harness import needs_torch, report, summary, take_turns

CASES = ((64, 572, 20), (16, 572, 20))  # base, size, rounds


def main():
    try:
        resolve_device("cuda")
    except ValueError as error:
        sys.exit(str(error))
    for tf32 in ("0", "1"):
        environment = os.environ | {"CUPY_TF32": tf32}
        subprocess.run([sys.executable, "-m", "benchmarks.gpu", tf32], env=environment, check=True)


def measure(tf32):
    import cupy

    torch = needs_torch()
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    rows = []
    for base, size, rounds in CASES:
        data = batch(size)
        step, error = minunet_step(base, data)
        times = take_turns({"minunet": step, "torch": torch_step(torch, base, data)}, rounds)
        for name, seconds in times.items():
            row = {"base": base, "size": size, "TF32": tf32, "who": name, **summary(seconds)}
            row["time over torch's"] = median(seconds) / median(times["torch"])
            if name == "minunet":
                pool = cupy.get_default_memory_pool()
                row |= {"peak_MiB": pool.total_bytes() / 2**20, "worst relative error of a gradient": error}
            else:
                row["peak_MiB"] = torch.cuda.max_memory_reserved() / 2**20
            rows.append(row)
    report("gpu", rows)


def minunet_step(base, data):
    """The step, and its worst gradient's relative L2 distance from NumPy's."""
    import cupy

    net = UNet(base=base, dropout=0)
    wanted = gradients(net, *data)
    net.to("cuda")
    data = [to_device(array, "cuda") for array in data]
    found = gradients(net, *data)
    error = max(
        float(np.linalg.norm(cupy.asnumpy(found[name]) - want) / np.linalg.norm(want)) for name, want in wanted.items()
    )
    optimizer = SGD(net.params, LEARNING_RATE)

    def step():
        optimizer.step(gradients(net, *data))
        cupy.cuda.Device().synchronize()

    return step, error


def gradients(net, x, labels, weights):
    logits, tape = net.forward(x, training=True, keep=False)
    return net.backward(net.loss(logits, labels, weights)[1], tape)


def torch_step(torch, base, data):
    from .torch_unet import TorchUNet

    net = TorchUNet(base, dropout=0).cuda()
    optimizer = torch.optim.SGD(net.parameters(), LEARNING_RATE, momentum=0.99)
    image, truth, weight = (torch.from_numpy(array).cuda() for array in data)

    def step():
        optimizer.zero_grad()
        energy = torch.nn.functional.cross_entropy(net(image), truth, reduction="none")
        (energy * weight).mean().backward()
        optimizer.step()
        torch.cuda.synchronize()

    return step


if __name__ == "__main__":
    if len(sys.argv) == 2:
        measure(sys.argv[1] == "1")
    else:
        main()
