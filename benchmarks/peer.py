"""What most would train: the same network in PyTorch, with Adam and unweighted cross-entropy.

Tiles, augmentation, validation and the clock are minunet's own, so that what differs is the optimizer, the loss and
whose convolutions are computed.
"""

import torch
from torch.nn.functional import cross_entropy

from minunet.training import Training

from .torch_unet import TorchUNet


class Peer(Training):
    """A `minunet.training.Training` whose steps PyTorch takes. It cannot be resumed: Adam's state is not stored."""

    def __init__(self, data, folder, recipe, validation):
        super().__init__(data, folder, recipe, validation, device="cpu")
        torch.manual_seed(recipe.seed)
        self._twin = TorchUNet(recipe.base, recipe.depth, data.channels, data.classes, recipe.dropout)
        self._twin.share_memory_with(self.net.params)  # so that the one network always has the other's parameters
        self._adam = torch.optim.Adam(self._twin.parameters(), recipe.lr)

    def _train_on(self, tile, lr):
        for group in self._adam.param_groups:
            group["lr"] = lr
        self._adam.zero_grad()
        loss = cross_entropy(self._twin(torch.from_numpy(tile.x)), torch.from_numpy(tile.labels).long())
        loss.backward()
        self._adam.step()
        self.step += 1
        return loss.item()
