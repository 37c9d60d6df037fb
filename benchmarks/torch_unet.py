"""The same network as a PyTorch user would write it: modules, autograd, in-place ReLU and `torch.optim.SGD`."""

import torch
from torch import nn


class TorchUNet(nn.Module):
    """The paper's U-Net; dropout after the second ReLU of the two lowest levels, as in `minunet.UNet`."""

    def __init__(self, base=64, depth=4, in_channels=1, classes=2, dropout=0.5):
        super().__init__()
        channels = [base * 2**l for l in range(depth + 1)]
        self.down = nn.ModuleList(
            block(in_channels if l == 0 else channels[l - 1], channels[l]) for l in range(depth + 1)
        )
        self.upconv = nn.ModuleList(nn.ConvTranspose2d(channels[l + 1], channels[l], 2, stride=2) for l in range(depth))
        self.up = nn.ModuleList(block(2 * channels[l], channels[l]) for l in range(depth))
        self.head = nn.Conv2d(base, classes, 1)
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        skips = []
        depth = len(self.up)
        for l, level in enumerate(self.down):
            x = level(x)
            if l >= depth - 1:
                x = self.dropout(x)
            if l < depth:
                skips.append(x)
                x = self.pool(x)
        for l in reversed(range(depth)):
            x = self.upconv[l](x)
            top, left = ((skips[l].shape[k] - x.shape[k]) // 2 for k in (2, 3))
            skip = skips.pop()[:, :, top : top + x.shape[2], left : left + x.shape[3]]
            x = self.up[l](torch.cat([skip, x], dim=1))
        return self.head(x)

    def share_memory_with(self, params):
        """Make minunet's parameters, a dict of NumPy arrays, this network's own: one may then change the other's."""
        layers = {"head": self.head}
        for side, blocks in (("down", self.down), ("up", self.up)):
            layers |= {f"{side}{l}.conv{k}": block[2 * k] for l, block in enumerate(blocks) for k in (0, 1)}
        layers |= {f"up{l}.upconv": layer for l, layer in enumerate(self.upconv)}
        for name, layer in layers.items():
            layer.weight = nn.Parameter(torch.from_numpy(params[f"{name}.weight"]))
            layer.bias = nn.Parameter(torch.from_numpy(params[f"{name}.bias"]))


def block(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3), nn.ReLU(inplace=True), nn.Conv2d(outputs, outputs, 3), nn.ReLU(inplace=True)
    )
