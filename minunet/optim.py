"""The optimizers: Caffe's stochastic gradient descent with momentum 0.99, as in the paper, and Adam.

Both change the parameters in place and keep their state in `state`, a dict of arrays that a checkpoint stores.
`joint_norm` and `clip_norm` are for use before either.
"""

import numpy as np

from .device import array_module, fused


class SGD:
    """Stochastic gradient descent with momentum, in Caffe's form (Ronneberger et al. 2015, section 3).

        v = momentum * v - lr * g
        p = p + v

    A momentum of 0.99 averages over about the last 100 tiles: the paper feeds one large tile a step and lets
    the momentum stand for the batch. A steady gradient thus moves a parameter by lr / (1 - momentum) a step.

    Parameters
    ----------
    params : dict of str to array
    lr : float
        Learning rate; may be changed between steps.
    momentum : float
    """

    def __init__(self, params, lr, momentum=0.99):
        self.params = params
        self.lr = lr
        self.momentum = momentum
        self.state = {name: array_module(value).zeros_like(value) for name, value in params.items()}

    def step(self, grads):
        """Update every parameter from its gradient; other keys of `grads` are left alone."""
        for name, velocity in self.state.items():
            _move(self.params[name], velocity, grads[name], self.momentum, self.lr)


@fused
def _move(param, velocity, gradient, momentum, lr):
    velocity *= momentum
    velocity -= lr * gradient
    param += velocity


class Adam:
    """Adam (Kingma and Ba 2015, algorithm 1), with their defaults: not the paper's choice, but a common one.

    Parameters
    ----------
    params : dict of str to array
    lr : float
    beta1, beta2 : float
        Decay of the running means of the gradient and of its square.
    eps : float
    """

    def __init__(self, params, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.params = params
        self.lr = lr
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.state = {"t": np.zeros((), np.int64)}
        for name, value in params.items():
            self.state[f"m/{name}"] = array_module(value).zeros_like(value)
            self.state[f"v/{name}"] = array_module(value).zeros_like(value)

    def step(self, grads):
        """Update every parameter from its gradient; other keys of `grads` are left alone."""
        self.state["t"] += 1
        t = int(self.state["t"])
        rate = self.lr * np.sqrt(1 - self.beta2**t) / (1 - self.beta1**t)
        eps = self.eps * np.sqrt(1 - self.beta2**t)  # so that eps stands beside the unbiased root, as in the paper
        for name, param in self.params.items():
            m, v, g = self.state[f"m/{name}"], self.state[f"v/{name}"], grads[name]
            m += (1 - self.beta1) * (g - m)
            v += (1 - self.beta2) * (g * g - v)
            param -= float(rate) * m / (array_module(v).sqrt(v) + float(eps))


def joint_norm(grads):
    """The L2 norm of all gradients together.

    Parameters
    ----------
    grads : dict of str to array

    Returns
    -------
    norm : scalar
        On the gradients' device: nothing has waited for it. NaN or infinite where one of them is.
    """
    arrays = list(grads.values())
    xp = array_module(arrays[0])
    return xp.sqrt(sum(xp.tensordot(g, g, axes=g.ndim) for g in arrays))


def clip_norm(grads, norm, limit):
    """Shorten all gradients alike, in place, where their joint L2 norm exceeds `limit` (Pascanu et al. 2013).

    A momentum of 0.99 remembers one outlier among the tiles for a hundred steps. Early in training, when the logits
    are still large, a few such tiles drive the deep layers' features towards 0, and what is left then learns little
    more than a threshold.

    Parameters
    ----------
    grads : dict of str to array
    norm : float
        As `joint_norm` found it.
    limit : float
    """
    if norm > limit:
        for g in grads.values():
            g *= limit / norm
