"""Tiles on other threads, other processes and a cluster: the same probabilities, and never many tiles at a time."""

import multiprocessing
import pickle
import threading
import weakref
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
from test_tiling import network, random_image

import minunet as mu
from minunet import tiling
from minunet import workers as workers_module
from minunet.workers import FEW

TILE = 24  # of depth 1, 8 pixels of output: an image of 29 by 37 has 20


class Elsewhere(Executor):
    """Workers that, as if in other processes, get everything pickled and begin without a network.

    They take the tasks in order and in turns, and no sooner than an answer is asked for. The worker that would take
    task number `restart_at` starts anew before it.
    """

    def __init__(self, workers, restart_at=None):
        self.networks = [weakref.WeakValueDictionary() for _ in range(workers)]
        self.received = [None] * workers
        self.restart_at = restart_at
        self.tasks = []
        self.taken = self.sent = self.most_waiting = 0

    def submit(self, function, *args):
        elsewhere = self

        class Lazy(Future):
            def result(self, timeout=None):
                while not self.done():
                    elsewhere.work()
                return super().result()

        future = Lazy()
        self.sent += args[1] is not None
        self.tasks.append((future, pickle.dumps((function, args))))
        self.most_waiting = max(self.most_waiting, len(self.tasks))
        return future

    def work(self):
        future, pickled = self.tasks.pop(0)
        worker = self.taken % len(self.networks)
        if self.taken == self.restart_at:
            self.received[worker] = None
        self.taken += 1
        here = workers_module._networks, workers_module._received
        workers_module._networks, workers_module._received = self.networks[worker], self.received[worker]
        try:
            function, args = pickle.loads(pickled)
            (node, pid, _), probabilities = function(*args)
            self.received[worker] = workers_module._received
        finally:
            workers_module._networks, workers_module._received = here
        future.set_result(((node, pid, worker), probabilities))


class Counting(ThreadPoolExecutor):
    """A pool of threads that knows how many tasks were in flight at most, and keeps every future."""

    def __init__(self, workers):
        super().__init__(workers)
        self.futures, self.most = [], 0

    def submit(self, function, *args):
        self.futures.append(super().submit(function, *args))
        self.most = max(self.most, sum(not future.done() for future in self.futures))
        return self.futures[-1]


@pytest.mark.parametrize("average", [False, True])
def test_a_pool_of_threads_predicts_what_one_thread_predicts(average):
    net, image = network(1, channels=2, classes=3), random_image(2, 29, 37)
    net.normalization = (0.5, 2.0)
    wanted = mu.predict(net, image, TILE, average)
    with ThreadPoolExecutor(3) as pool:
        np.testing.assert_allclose(mu.predict(net, image, TILE, average, executor=pool), wanted, rtol=0, atol=1e-6)


@pytest.mark.parametrize("layers", [None, mu.layers], ids=["fast", "layers"])
def test_a_pool_of_processes_predicts_the_same_bits(layers):
    net, image = mu.UNet(base=2, depth=1, seed=3, layers=layers), random_image(29, 37)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        for _ in range(2):
            np.testing.assert_array_equal(mu.predict(net, image, TILE, executor=pool), mu.predict(net, image, TILE))
            net.params["head.bias"] += [0.0, 1.0]  # the workers' network must not be the old one


def test_a_dask_cluster_predicts_what_this_process_predicts():
    distributed = pytest.importorskip("distributed", reason="needs Dask: pip install 'minunet[dask]'")
    net, image = network(1, channels=2, classes=3), random_image(2, 29, 37)
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        probabilities = mu.predict(net, image, TILE, executor=client.get_executor())
    # Dask gives its workers one BLAS thread each, and another number of them may round otherwise.
    np.testing.assert_allclose(probabilities, mu.predict(net, image, TILE), rtol=0, atol=1e-6)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_network_is_sent_a_few_times_for_each_process_and_not_with_every_tile(workers):
    net, image = network(1), random_image(1, 61, 77)  # 80 tiles
    elsewhere = Elsewhere(workers)
    np.testing.assert_array_equal(mu.predict(net, image, TILE, executor=elsewhere), mu.predict(net, image, TILE))
    assert workers <= elsewhere.sent <= 2 * FEW * workers
    assert elsewhere.most_waiting <= FEW * workers


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_starts_anew_gets_the_network_again(workers):
    net, image = network(1), random_image(1, 61, 77)
    elsewhere, undisturbed = Elsewhere(workers, restart_at=30), Elsewhere(workers)
    for executor in (elsewhere, undisturbed):
        np.testing.assert_array_equal(mu.predict(net, image, TILE, executor=executor), mu.predict(net, image, TILE))
    assert undisturbed.sent < elsewhere.sent <= undisturbed.sent + FEW * workers


def test_the_answers_come_in_the_order_of_the_tiles():
    net, tiles = network(1), random_image(9, 1, TILE, TILE)
    compute = partial(tiling._probabilities, normalization=(0.5, 2.0))
    with ThreadPoolExecutor(3) as pool:
        answers = list(workers_module.spread(pool, net, compute, iter(tiles)))
    np.testing.assert_allclose(answers, [compute(net, tile) for tile in tiles], rtol=0, atol=1e-6)


def test_at_most_a_few_tiles_are_in_flight_for_each_worker():
    with Counting(2) as pool:
        mu.predict(network(1), random_image(61, 77), TILE, executor=pool)
    assert len(pool.futures) == 80
    assert pool.most <= FEW * 2


def test_a_worker_gets_the_raw_pixels_of_its_tile_and_nothing_more():
    image = np.random.default_rng(0).integers(0, 256, (29, 37), dtype=np.uint8)
    sizes = []

    class Weighing(ThreadPoolExecutor):
        def submit(self, function, token, net, compute, pixels):
            sizes.append(len(pickle.dumps(pixels)) - pixels.size)
            assert (pixels.shape, pixels.dtype) == ((1, TILE, TILE), np.uint8)
            return super().submit(function, token, net, compute, pixels)

    with Weighing(2) as pool:
        mu.predict(network(1), image, TILE, executor=pool)
    assert max(sizes) < 200  # bytes of pickle's own


def test_what_a_worker_raises_is_raised_here_and_the_tiles_that_wait_are_cancelled():
    class Failing(mu.UNet):
        def logits(self, x):
            raise RuntimeError("the first tile fails")

    class Gated(Counting):
        """Lets the second task begin only when the test says so."""

        def submit(self, function, *args):
            return super().submit(self.held if self.futures else function, *args)

        def held(self, *args):
            gate.wait(10)

    gate = threading.Event()
    with Gated(1) as pool:
        try:
            with pytest.raises(RuntimeError, match="the first tile fails"):
                mu.predict(Failing(base=1, depth=1), random_image(29, 37), TILE, executor=pool)
            assert len(pool.futures) == FEW
            assert all(future.cancelled() for future in pool.futures[2:])
        finally:
            gate.set()


def test_an_error_in_another_process_reaches_the_caller():
    net = network(1)
    net.params["head.weight"] = net.params["head.weight"][:, :1]
    with (
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
        pytest.raises(ValueError, match="weight"),
    ):
        mu.predict(net, random_image(29, 37), TILE, executor=pool)


def test_a_network_that_was_predicted_with_is_not_held():
    net = network(1)
    reference = weakref.ref(net)
    with ThreadPoolExecutor(2) as pool:
        mu.predict(net, random_image(29, 37), TILE, executor=pool)
    del net
    assert reference() is None
    assert not workers_module._networks
