# spec: unet
# style: classes without constructor arguments, weight and bias set afterwards; gradients in dW and db; im2col
# convention: classes late dW rng_in_forward reduction_in_init
# dtype: kept
import numpy as np


class Conv2D:
    weight = None
    bias = None

    def _columns(self, x):
        F, C, kh, kw = self.weight.shape
        N, _, H, W = x.shape
        cols = []
        for i in range(H - kh + 1):
            for j in range(W - kw + 1):
                cols.append(x[:, :, i:i + kh, j:j + kw].reshape(N, -1))
        return np.stack(cols, axis=-1)  # N, C*kh*kw, L

    def forward(self, x):
        F, C, kh, kw = self.weight.shape
        self.x_shape = x.shape
        self.out_size = x.shape[2] - kh + 1, x.shape[3] - kw + 1
        self.cols = self._columns(x)
        out = self.weight.reshape(F, -1) @ self.cols + self.bias.reshape(-1, 1)
        return out.reshape(x.shape[0], F, *self.out_size)

    def backward(self, dout):
        F, C, kh, kw = self.weight.shape
        N = dout.shape[0]
        d = dout.reshape(N, F, -1)
        self.dW = np.einsum("nfl,nkl->fk", d, self.cols).reshape(self.weight.shape)
        self.db = d.sum(axis=(0, 2))
        dcols = self.weight.reshape(F, -1).T @ d
        dx = np.zeros(self.x_shape, dout.dtype)
        for l in range(d.shape[2]):
            i, j = l // self.out_size[1], l % self.out_size[1]
            dx[:, :, i:i + kh, j:j + kw] += dcols[:, :, l].reshape(N, C, kh, kw)
        return dx


class Relu:
    def __init__(self):
        self.out = None

    def forward(self, x):
        self.out = np.maximum(x, 0)
        return self.out.copy()

    def backward(self, dout):
        return np.where(self.out > 0, dout, 0).astype(dout.dtype)


class MaxPool2D:
    def forward(self, x):
        N, C, H, W = x.shape
        blocks = x.reshape(N, C, H // 2, 2, W // 2, 2).swapaxes(3, 4).reshape(N, C, H // 2, W // 2, 4)
        self.shape = x.shape
        self.best = blocks.argmax(axis=4)
        return blocks.max(axis=4)

    def backward(self, dout):
        N, C, H, W = self.shape
        d = np.zeros((N, C, H // 2, W // 2, 4), dout.dtype)
        for k in range(4):
            d[..., k] = dout * (self.best == k)
        return d.reshape(N, C, H // 2, W // 2, 2, 2).swapaxes(3, 4).reshape(self.shape)


class UpConv:
    def __init__(self):
        self.weight = self.bias = None

    def forward(self, x):
        self.x = x
        N, C, H, W = x.shape
        F = self.weight.shape[1]
        y = self.weight.reshape(C, F * 4).T @ x.reshape(N, C, H * W)
        y = y.reshape(N, F, 2, 2, H, W).transpose(0, 1, 4, 2, 5, 3).reshape(N, F, 2 * H, 2 * W)
        return y + self.bias.reshape(F, 1, 1)

    def backward(self, dout):
        N, C, H, W = self.x.shape
        F = self.weight.shape[1]
        d = dout.reshape(N, F, H, 2, W, 2).transpose(0, 1, 3, 5, 2, 4).reshape(N, F * 4, H * W)
        self.dW = np.einsum("ncp,nkp->ck", self.x.reshape(N, C, -1), d).reshape(C, F, 2, 2)
        self.db = dout.sum(axis=(0, 2, 3))
        return (self.weight.reshape(C, F * 4) @ d).reshape(N, C, H, W)


class CropAndConcat:
    def forward(self, skip, x):
        self.skip_shape = skip.shape
        dh = (skip.shape[2] - x.shape[2]) // 2
        dw = (skip.shape[3] - x.shape[3]) // 2
        self.box = np.s_[:, :, dh:dh + x.shape[2], dw:dw + x.shape[3]]
        return np.concatenate((skip[self.box], x), axis=1)

    def backward(self, dout):
        dskip = np.zeros(self.skip_shape, dtype=dout.dtype)
        dskip[self.box] = dout[:, :self.skip_shape[1]]
        return dskip, dout[:, self.skip_shape[1]:].copy()


class Dropout:
    def __init__(self, rate=0.5):
        self.rate = rate

    def forward(self, x, rng):
        self.keep = (rng.random(x.shape) >= self.rate).astype(x.dtype)
        return x * self.keep / (1 - self.rate)

    def backward(self, dout):
        return dout * self.keep / (1 - self.rate)


class SoftmaxCrossEntropy:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def forward(self, logits, labels, weights=None):
        N, C, H, W = logits.shape
        w = np.ones((N, H, W), logits.dtype) if weights is None else weights.astype(logits.dtype)
        if self.reduction == "mean":
            w = w / (N * H * W)
        elif self.reduction == "weight_mean":
            w = w / w.sum()
        loss = logits.dtype.type(0)
        self.grad = np.zeros_like(logits)
        for n in range(N):
            for i in range(H):
                for j in range(W):
                    if w[n, i, j] == 0:
                        continue
                    v = logits[n, :, i, j]
                    v = v - v.max()
                    logp = v - np.log(np.exp(v).sum())
                    loss -= w[n, i, j] * logp[labels[n, i, j]]
                    g = np.exp(logp)
                    g[labels[n, i, j]] -= 1
                    self.grad[n, :, i, j] = w[n, i, j] * g
        return loss

    def backward(self):
        return self.grad.copy()
