# spec: unet
# style: classes; backward returns dx and stores self.dweight, self.dbias
# convention: classes
# dtype: kept
import numpy as np


class Layer:
    """Base class."""

    def forward(self, *args):
        raise NotImplementedError

    def backward(self, dout):
        raise NotImplementedError


class Conv2d(Layer):
    def __init__(self, weight, bias):
        self.weight = weight
        self.bias = bias
        self.dweight = None
        self.dbias = None

    def forward(self, x):
        self.x = x
        N, C, H, W = x.shape
        F, _, kh, kw = self.weight.shape
        self.ho, self.wo = H - kh + 1, W - kw + 1
        out = np.zeros((N, F, self.ho, self.wo), dtype=x.dtype)
        for i in range(self.ho):
            for j in range(self.wo):
                window = x[:, np.newaxis, :, i:i + kh, j:j + kw]
                out[:, :, i, j] = (window * self.weight).sum(axis=(2, 3, 4)) + self.bias
        return out

    def backward(self, dout):
        F, C, kh, kw = self.weight.shape
        dx = np.zeros_like(self.x)
        self.dweight = np.zeros_like(self.weight)
        self.dbias = dout.sum(axis=(0, 2, 3))
        for i in range(self.ho):
            for j in range(self.wo):
                d = dout[:, :, i, j]
                dx[:, :, i:i + kh, j:j + kw] += np.tensordot(d, self.weight, axes=1)
                self.dweight += np.tensordot(d.T, self.x[:, :, i:i + kh, j:j + kw], axes=1)
        return dx


class ReLU(Layer):
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class MaxPool2d(Layer):
    def __init__(self, size=2, stride=2):
        self.size = size
        self.stride = stride

    def forward(self, x):
        self.x = x
        k, s = self.size, self.stride
        if x.shape[2] % s or x.shape[3] % s:
            raise ValueError("size of x must be a multiple of %d" % s)
        out = np.zeros(x.shape[:2] + (x.shape[2] // s, x.shape[3] // s), dtype=x.dtype)
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                out[:, :, i, j] = x[:, :, i * s:i * s + k, j * s:j * s + k].max(axis=(2, 3))
        return out

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        k, s = self.size, self.stride
        for n, c, i, j in np.ndindex(dout.shape):
            window = self.x[n, c, i * s:i * s + k, j * s:j * s + k]
            a, b = divmod(int(window.argmax()), k)
            dx[n, c, i * s + a, j * s + b] += dout[n, c, i, j]
        return dx


class ConvTranspose2d(Layer):
    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias

    def forward(self, x):
        self.x = x
        N, C, H, W = x.shape
        out = np.zeros((N, self.weight.shape[1], 2 * H, 2 * W), dtype=x.dtype)
        for i in range(H):
            for j in range(W):
                out[:, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2] = np.tensordot(x[:, :, i, j], self.weight, axes=1)
        return out + self.bias[:, None, None]

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        self.dweight = np.zeros_like(self.weight)
        for i in range(self.x.shape[2]):
            for j in range(self.x.shape[3]):
                d = dout[:, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2]
                dx[:, :, i, j] = np.tensordot(d, self.weight, axes=((1, 2, 3), (1, 2, 3)))
                self.dweight += np.tensordot(self.x[:, :, i, j].T, d, axes=1)
        self.dbias = dout.sum(axis=(0, 2, 3))
        return dx


class CropConcat(Layer):
    def forward(self, skip, x):
        self.shape = skip.shape
        self.h, self.w = x.shape[2:]
        self.top = (skip.shape[2] - self.h) // 2
        self.left = (skip.shape[3] - self.w) // 2
        crop = skip[:, :, self.top:self.top + self.h, self.left:self.left + self.w]
        return np.concatenate([crop, x], axis=1)

    def backward(self, dout):
        dskip = np.zeros(self.shape, dout.dtype)
        dskip[:, :, self.top:self.top + self.h, self.left:self.left + self.w] = dout[:, :self.shape[1]]
        return dskip, dout[:, self.shape[1]:].copy()


class Dropout(Layer):
    def __init__(self, rate, rng):
        self.rate = rate
        self.rng = rng

    def forward(self, x):
        self.mask = self.rng.random(x.shape) >= self.rate
        return x * self.mask / (1 - self.rate)

    def backward(self, dout):
        return dout * self.mask / (1 - self.rate)


class WeightedCrossEntropy(Layer):
    def forward(self, logits, labels, weights=None, reduction="mean"):
        if weights is None:
            weights = np.ones(labels.shape)
        self.labels = labels
        used = weights != 0
        z = np.where(used[:, None], logits, 0).astype(logits.dtype)
        z -= z.max(axis=1, keepdims=True)
        self.p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        norm = {"mean": labels.size, "sum": 1, "weight_mean": weights.sum()}[reduction]
        self.scale = (weights / norm).astype(logits.dtype)
        z -= np.log(np.exp(z).sum(axis=1, keepdims=True))
        hot = labels[:, None] == np.arange(logits.shape[1])[:, None, None]
        self.hot = hot
        return -(self.scale * (z * hot).sum(axis=1)).sum()

    def backward(self):
        return (self.p - self.hot) * self.scale[:, None]
