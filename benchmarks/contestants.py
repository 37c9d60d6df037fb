"""One training step, and one prediction, of each who takes part: the same network, the same data."""

import numpy as np

from minunet import SGD, UNet, output_size

from .harness import needs_torch

LEARNING_RATE = 1e-4


def batch(size, batch_size=1, seed=0):
    """Image, labels and weights, N = `batch_size`."""
    rng = np.random.default_rng(seed)
    side = output_size(size)
    x = rng.standard_normal((batch_size, 1, size, size)).astype(np.float32)
    labels = rng.integers(0, 2, (batch_size, side, side))
    return x, labels, rng.uniform(0.5, 2, labels.shape).astype(np.float32)


def minunet_step(base, x, labels, weights, layers=None):
    """Loss, all gradients (the input's too) and the update of momentum SGD, dropout on."""
    net = UNet(base=base, layers=layers)
    optimizer = SGD(net.params, LEARNING_RATE)
    rng = np.random.default_rng(1)

    def step():
        logits, tape = net.forward(x, training=True, rng=rng, keep=False)
        _, dlogits = net.loss(logits, labels, weights)
        optimizer.step(net.backward(dlogits, tape))

    return step


def torch_step(base, x, labels, weights, channels_last=False):
    """The same in PyTorch; the input's gradient, which nobody asks for there, is not computed."""
    torch = needs_torch()
    from .torch_unet import TorchUNet

    form = torch.channels_last if channels_last else torch.contiguous_format
    net = TorchUNet(base).to(memory_format=form)
    optimizer = torch.optim.SGD(net.parameters(), LEARNING_RATE, momentum=0.99)
    image = torch.from_numpy(x).to(memory_format=form)
    truth, weight = torch.from_numpy(labels), torch.from_numpy(weights)

    def step():
        optimizer.zero_grad()
        energy = torch.nn.functional.cross_entropy(net(image), truth, reduction="none")
        (energy * weight).mean().backward()
        optimizer.step()

    return step
