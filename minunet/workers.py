"""Tiles on the workers of an executor: threads, processes, or a cluster.

The interface of `concurrent.futures.Executor` tells neither how many workers there are, nor lets one send each of them
the network once, which at the paper's size is 124 MB. So each answer says which worker it is from, and a worker that
lacks the network answers that instead: then the tile is sent again, and the network with it.
"""

import os
import platform
import threading
from collections import deque
from uuid import uuid4
from weakref import WeakValueDictionary

FEW = 3  # tiles in flight for each worker: one in work, one that waits beside it, one on its way

_networks: WeakValueDictionary = WeakValueDictionary()  # by token: those that calls of `predict` here use, and
_received = None  # the last one that came from elsewhere, held until the next


def _answer(token, net, compute, pixels):
    """What a worker does: (its name, what it computed), or (its name, None) where it lacks the network."""
    global _received
    known = _networks.get(token)
    if known is None and net is not None:
        _networks[token] = _received = known = net
    worker = platform.node(), os.getpid(), threading.get_ident()
    return worker, None if known is None else compute(known, pixels)


def spread(executor, net, compute, tiles):
    """``compute(net, pixels)`` of each of `tiles`, in order, as the workers of `executor` give it.

    Parameters
    ----------
    executor : concurrent.futures.Executor
    net : UNet
    compute : function of a module, or a `functools.partial` of one: what can be sent to another process
    tiles : iterable of arrays
        Asked for no faster than the workers take them.

    Yields
    ------
    whatever `compute` returns; a worker's error is raised here, and the tiles that wait are given up.
    """
    token = uuid4().hex  # a new one for each call: parameters may be changed between two
    _networks[token] = net  # for workers that are threads of this process
    waiting: deque = deque()  # [pixels, future], in order
    workers = set()

    def settle():
        """Wait for the oldest of the tiles; send the network along with each that came back for want of it."""
        while True:
            worker, answer = waiting[0][1].result()
            workers.add(worker)
            for entry in waiting:
                if entry[1].done() and entry[1].result()[1] is None:
                    entry[1] = executor.submit(_answer, token, net, compute, entry[0])
            if answer is not None:
                waiting.popleft()
                return answer

    try:
        for pixels in tiles:
            waiting.append([pixels, executor.submit(_answer, token, None if workers else net, compute, pixels)])
            if len(waiting) >= FEW * max(1, len(workers)):
                yield settle()
        while waiting:
            yield settle()
    finally:
        for _, future in waiting:
            future.cancel()
        _networks.pop(token, None)
