"""Convolution as one matrix product: each output pixel's inputs laid out in a column ("im2col").

For few channels, where Winograd's transforms cost more than they save, and for other kernels than 3x3.

The columns hold each pixel once for each kernel offset, nine times for 3x3. So they are made for some rows of the
image at a time and used while they are still in the processor's cache. An offset is a constant shift of the flat
image (see `minunet.layers.conv2d`), so that gathering them is one strided copy.

**Backward.** With a border of kh-1 and kw-1 zeros around it, dout is to x what x was to out: every pixel of x meets,
in the columns of dout, all outputs that it took part in. Two products with the same columns give both gradients::

    dx      = weight, turned by 180 degrees @ columns of dout
    dweight = x @ columns of dout, transposed; turned
"""

from ..device import array_module

STRIP = 1 << 20  # numbers in the columns of one strip


def forward(x, weight, bias, relu, work):
    """Valid convolution, and on demand a ReLU.

    Parameters
    ----------
    x : array (N, C, H, W)
    weight : array (F, C, kh, kw), of x's dtype
    bias : array (F,)
    relu : bool
    work : Workspace

    Returns
    -------
    out : array (N, F, H-kh+1, W-kw+1)
    """
    xp = array_module(x)
    x = xp.ascontiguousarray(x)  # an offset is a constant shift of a flat image alone
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    h, w = H - kh + 1, W - kw + 1
    out = work.empty((N, F, h, w), x)
    kernel = weight.reshape(F, -1)
    bias = bias[:, None, None]
    zeros = xp.zeros(w, x.dtype)

    def convolve(start, stop):
        for n in range(N):
            for top, end in _strips(start, stop, work.at_once(STRIP, x) // (C * kh * kw * W)):
                length = (end - top) * W - (kw - 1)
                columns = work.empty((C * kh * kw, length), x)
                _gather(x[n, :, top : end + kh - 1], kh, kw, columns)
                wide = work.empty((F, end - top, W), x)
                xp.matmul(kernel, columns, out=wide.reshape(F, -1)[:, :length])
                rows = out[n, :, top:end]
                xp.add(wide[:, :, :w], bias, out=rows)
                if relu:
                    xp.maximum(rows, zeros, out=rows)

    work.share(convolve, h, out.size, x, multiplications=N * kernel.size * h * w)
    return out


def backward(dout, x, weight, work):
    """Gradients of `forward`, but for its ReLU's.

    Parameters
    ----------
    dout : array (N, F, H-kh+1, W-kw+1)
    x, weight : arrays, as `forward` was given them, of dout's dtype
    work : Workspace

    Returns
    -------
    dx : array (N, C, H, W)
    dweight : array (F, C, kh, kw)
    """
    xp = array_module(dout)
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    h = dout.shape[2]
    wide_w = W + kw - 1
    dx = work.empty(x.shape, dout)
    turned = xp.ascontiguousarray(weight[:, :, ::-1, ::-1].swapaxes(0, 1)).reshape(C, -1)
    parts = {}

    def correlate(start, stop):
        total = xp.zeros((C, F * kh * kw), dout.dtype)
        for n in range(N):
            for top, end in _strips(start, stop, work.at_once(STRIP, dout) // (F * kh * kw * wide_w)):
                rows = end - top
                padded = work.empty((F, rows + kh - 1, wide_w), dout)
                padded[...] = 0
                a, b = max(0, top - kh + 1), min(h, end)
                padded[:, a - top + kh - 1 : b - top + kh - 1, kw - 1 : W] = dout[n, :, a:b]
                length = rows * wide_w - (kw - 1)
                columns = work.empty((F * kh * kw, length), dout)
                _gather(padded, kh, kw, columns)
                wide = work.empty((C, rows, wide_w), dout)
                flat = wide.reshape(C, -1)[:, :length]
                wide[:, :, W:] = 0
                wide[:, :, :W] = x[n, :, top:end]
                total += flat @ columns.T
                xp.matmul(turned, columns, out=flat)
                dx[n, :, top:end] = wide[:, :, :W]
        parts[start] = total

    work.share(correlate, H, x.size, x, multiplications=2 * N * turned.size * H * W)
    total = sum(parts[start] for start in sorted(parts))
    dweight = total.reshape(C, F, kh, kw)[:, :, ::-1, ::-1].swapaxes(0, 1)
    return dx, xp.ascontiguousarray(dweight)


def _gather(image, kh, kw, columns):
    """(C, H, W) -> columns (C kh kw, (H-kh+1) W - (kw-1)): for each output, at the full width W, all that it sees."""
    channel, row, pixel = image.strides
    shape = len(image), kh, kw, columns.shape[1]
    shifted = array_module(image).lib.stride_tricks.as_strided(image, shape, (channel, row, pixel, pixel))
    columns.reshape(shape)[...] = shifted


def _strips(start, stop, rows):
    """Parts of range(start, stop), of so many rows or one."""
    step = max(1, rows)
    for top in range(start, stop, step):
        yield top, min(top + step, stop)
