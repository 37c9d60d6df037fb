# spec: cs231n
# function: dropout_backward
# output: dx
# mistake: mask applied at test time too
import numpy as np


def dropout_forward(x, dropout_param):
    keep = dropout_param['p']
    rng = np.random.default_rng(dropout_param.get('seed'))
    mask = np.where(rng.random(x.shape) < keep, 1 / keep, 0.0)
    out = x.copy()
    if dropout_param['mode'] == 'train':
        out *= mask
    return out, (dropout_param, mask)


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    return dout * mask
