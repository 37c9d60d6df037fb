# spec: unet
# style: classes with a cache stack and __call__; backward returns (dx, dweight, dbias)
# convention: classes tuple
# dtype: kept
import numpy as np


class Module:
    def __call__(self, *args):
        return self.forward(*args)


class ConvLayer(Module):
    def __init__(self, weight, bias):
        self.params = {"weight": weight, "bias": bias}
        self.grads = {}

    def forward(self, x):
        weight = self.params["weight"]
        self._cache = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))
        out = np.tensordot(self._cache, weight, axes=((1, 4, 5), (1, 2, 3)))
        return (out + self.params["bias"]).transpose(0, 3, 1, 2)

    def backward(self, dout):
        weight = self.params["weight"]
        kh, kw = weight.shape[2:]
        dweight = np.tensordot(dout, self._cache, axes=((0, 2, 3), (0, 2, 3)))
        padded = np.pad(dout, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
        view = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
        dx = np.tensordot(view, np.rot90(weight, 2, axes=(2, 3)), axes=((1, 4, 5), (0, 2, 3))).transpose(0, 3, 1, 2)
        dbias = np.add.reduce(dout, axis=(0, 2, 3))
        self.grads = {"weight": dweight, "bias": dbias}
        return dx, dweight, dbias


class ReLULayer(Module):
    def forward(self, x):
        self._mask = np.where(x > 0, 1, 0).astype(x.dtype)
        return self._mask * x

    def backward(self, dout):
        return self._mask * dout


class MaxPoolLayer(Module):
    def forward(self, x):
        self._x = x
        out = x[:, :, ::2, ::2]
        for i, j in ((0, 1), (1, 0), (1, 1)):
            out = np.maximum(out, x[:, :, i::2, j::2])
        self._out = out
        return out

    def backward(self, dout):
        dx = np.zeros_like(self._x)
        todo = np.ones(dout.shape, dtype=bool)
        for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
            hit = np.logical_and(todo, self._x[:, :, i::2, j::2] == self._out)
            dx[:, :, i::2, j::2] = dout * hit
            todo = np.logical_and(todo, np.logical_not(hit))
        return dx


class UpConvLayer(Module):
    def __init__(self, weight, bias):
        self.weight = weight
        self.bias = bias

    def forward(self, x):
        self._x = x
        N, C, H, W = x.shape
        out = np.zeros((N, self.weight.shape[1], 2 * H, 2 * W), dtype=x.dtype)
        for c in range(C):
            big = x[:, c:c + 1].repeat(2, 2).repeat(2, 3)
            out += big * np.tile(self.weight[c], (1, H, W))[None]
        out += self.bias[None, :, None, None]
        return out

    def backward(self, dout):
        N, C, H, W = self._x.shape
        dx = np.zeros_like(self._x)
        dweight = np.zeros_like(self.weight)
        for i in range(2):
            for j in range(2):
                part = dout[:, :, i::2, j::2]
                for c in range(C):
                    dx[:, c] += (part * self.weight[c, :, i, j].reshape(1, -1, 1, 1)).sum(axis=1)
                    dweight[c, :, i, j] = (part * self._x[:, c:c + 1]).sum(axis=(0, 2, 3))
        return dx, dweight, dout.sum((0, 2, 3))


class CropConcatLayer(Module):
    def forward(self, skip, x):
        dh, dw = skip.shape[2] - x.shape[2], skip.shape[3] - x.shape[3]
        if dh % 2 or dw % 2 or min(dh, dw) < 0:
            raise ValueError(f"CropConcatLayer: skip {skip.shape}, x {x.shape}")
        self._pad = ((0, 0), (0, 0), (dh // 2, dh // 2), (dw // 2, dw // 2))
        self._cs = skip.shape[1]
        return np.concatenate([skip[:, :, dh // 2:dh // 2 + x.shape[2], dw // 2:dw // 2 + x.shape[3]], x], axis=1)

    def backward(self, dout):
        return np.pad(dout[:, :self._cs], self._pad), dout[:, self._cs:].copy()


class DropoutLayer(Module):
    def __init__(self, rate, rng):
        self.rate, self.rng = rate, rng

    def forward(self, x):
        keep = self.rng.random(x.shape) >= self.rate
        self._scale = np.where(keep, 1 / (1 - self.rate), 0).astype(x.dtype)
        return x * self._scale

    def backward(self, dout):
        return dout * self._scale


class WeightedCrossEntropyLoss(Module):
    def forward(self, logits, labels, weights=None, reduction="mean"):
        dtype = logits.dtype
        w = np.ones(labels.shape, dtype) if weights is None else weights.astype(dtype)
        z = logits.copy()
        for c in range(z.shape[1]):
            z[:, c][w == 0] = 0
        z = z - z.max(axis=1, keepdims=True)
        logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        if reduction == "mean":
            w = w / w.size
        elif reduction == "weight_mean":
            w = w / w.sum()
        y = np.stack([labels == c for c in range(z.shape[1])], axis=1)
        self._grad = w[:, None] * (np.exp(logp) - y)
        return -(w[:, None] * logp)[y].sum()

    def backward(self):
        return self._grad
