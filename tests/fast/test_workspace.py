"""Memory is used again, but never what somebody can still see."""

import copy
import os
import pickle
import signal
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from minunet import UNet
from minunet.fast import threads
from minunet.fast.threads import Threads
from minunet.fast.workspace import ALIGNED, LEAST, SMALL, Workspace

SHAPE = (3, SMALL // 4)
FLOAT = np.zeros(0, "float32")


def test_memory_that_was_let_go_is_used_again():
    work = Workspace()
    first = work.empty(SHAPE, FLOAT)
    address = first.ctypes.data
    del first
    assert work.empty(SHAPE, FLOAT).ctypes.data == address


@pytest.mark.parametrize("held", ["itself", "a view", "a view of a view"])
def test_memory_that_is_held_is_never_used_again(held):
    work = Workspace()
    array = work.empty(SHAPE, FLOAT)
    array = {"itself": array, "a view": array[1:, ::2], "a view of a view": array[1:].T[3:]}[held]
    others = [work.empty(SHAPE, FLOAT) for _ in range(5)]
    assert not any(np.shares_memory(array, other) for other in others)
    assert not any(np.shares_memory(a, b) for k, a in enumerate(others) for b in others[:k])


def test_what_lies_between_two_arrays_is_used_again_in_parts():
    work = Workspace()
    first, middle, last = (work.empty((size,), FLOAT) for size in (100_000, 60_000, 100_000))
    address = middle.ctypes.data
    del middle
    parts = [work.empty((size,), FLOAT) for size in (40_000, 20_000, 20_000)]
    assert [part.ctypes.data for part in parts[:2]] == [address, address + 160_000]
    assert parts[2].ctypes.data >= last.ctypes.data + last.nbytes
    assert not any(np.shares_memory(part, held) for part in parts for held in (first, last))


def test_it_asks_for_little_more_than_is_held_at_once():
    work = Workspace()
    for size in (500_000, 4_000_000, 900_000, 7_000_000, 300_000, 5_000_000):
        work.empty((size,), FLOAT)
    assert sum(region.size for region in work._regions) <= 4 * 7_000_000 + LEAST


@pytest.mark.parametrize("dtype", [None, np.uint8])
def test_an_array_begins_where_a_cache_line_does(dtype):
    work = Workspace()
    arrays = [work.empty((size,), FLOAT, dtype) for size in (SMALL + 1, SMALL + 3, 3 * SMALL + 7)]
    assert [array.dtype for array in arrays] == 3 * [dtype or FLOAT.dtype]
    assert [array.ctypes.data % ALIGNED for array in arrays] == [0, 0, 0]


def test_two_threads_never_get_the_same_memory():
    work = Workspace()
    clashes = []

    def use(value):
        for _ in range(300):
            array = work.empty(SHAPE, FLOAT)
            array[...] = value
            if not (array == value).all():
                clashes.append(value)

    users = [threading.Thread(target=use, args=(value,)) for value in range(4)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert not clashes


def test_work_is_shared_in_order_and_whole(four_threads):
    parts = []
    Threads().share(lambda start, stop: parts.append((start, stop)), 10, size=1)
    assert sorted(parts) == [(0, 2), (2, 5), (5, 7), (7, 10)]


def test_little_work_is_not_shared():
    parts = []
    Threads().share(lambda start, stop: parts.append((start, stop)), 10, size=threads.WORTH_SHARING - 1)
    assert parts == [(0, 10)]


def test_a_matrix_product_counts_by_its_multiplications():
    parts = []
    multiplications = threads.WORTH_SHARING * threads.MULTIPLICATIONS
    Threads().share(lambda start, stop: parts.append((start, stop)), 10, size=0, multiplications=multiplications)
    assert len(parts) == min(10, threads.blas().threads)


def test_work_within_a_part_is_not_shared_again(four_threads):
    parts = []
    threads = Threads()

    def work(start, stop):
        threads.share(lambda start, stop: parts.append((start, stop)), 10, size=1)

    threads.share(work, 4, size=1)
    assert parts == [(0, 10)] * 4
    threads.share(lambda start, stop: parts.append((start, stop)), 2, size=1)
    assert sorted(parts[4:]) == [(0, 1), (1, 2)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_has_threads_of_its_own(four_threads):
    threads = Threads()
    for _ in range(2):
        threads.share(lambda start, stop: time.sleep(0.05), 4, size=1)
    time.sleep(0.05)  # now all threads are there, and wait for work
    with warnings.catch_warnings():  # from Python 3.12 on: that there are threads is the point
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        parts = []
        threads.share(lambda start, stop: parts.append((start, stop)), 4, size=1)
        os._exit(len(parts))
    for _ in range(1000):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        time.sleep(0.01)
    else:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        pytest.fail("the child waits for threads that it does not have")
    assert os.waitstatus_to_exitcode(status) == 4


def test_an_error_in_any_thread_reaches_the_caller(four_threads):
    def work(start, stop):
        if start == 7:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Threads().share(work, 10, size=1)


def test_blas_is_held_to_one_thread_inside_and_has_its_own_back_after(four_threads):
    before = blas_threads()
    inside = []
    Threads().share(lambda start, stop: inside.append(blas_threads()), 4, size=1, multiplications=1)
    assert all(set(numbers) <= {1} for numbers in inside)
    assert blas_threads() == before


def test_blas_has_its_own_back_where_users_overlap(four_threads):
    before = blas_threads()
    entered, leave = threading.Event(), threading.Event()

    def stay(start, stop):
        entered.set()
        leave.wait(10)

    other = threading.Thread(target=Threads().share, args=(stay, 1, 1, 1))
    other.start()
    entered.wait(10)
    Threads().share(lambda start, stop: None, 4, size=1, multiplications=1)
    leave.set()
    other.join()
    assert blas_threads() == before


def blas_threads():
    """Of the libraries that the fast set knows."""
    return [library.get_num_threads() for library in threads.blas()._libraries]


def test_two_networks_in_two_threads_do_not_disturb_each_other():
    x = np.random.default_rng(0).standard_normal((1, 1, 108, 92)).astype("float32")
    nets = [UNet(base=4, depth=2, seed=seed) for seed in range(2)]
    with ThreadPoolExecutor(1) as alone:  # in a thread too: some libraries give the main thread's BLAS other bits
        wanted = [alone.submit(net.logits, x).result() for net in nets]
    wrong = []

    def run(net, want):
        for _ in range(10):
            if net.logits(x).tobytes() != want.tobytes():
                wrong.append(net)

    users = [threading.Thread(target=run, args=pair) for pair in zip(nets, wanted, strict=True)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert not wrong


def test_what_a_step_hands_out_is_not_written_to_by_the_next():
    rng = np.random.default_rng(0)
    net = UNet(base=8, depth=1, dropout=0)
    first, second = rng.standard_normal((2, 1, 1, 172, 180)).astype("float32")
    logits, tape = net.forward(first)
    grads = net.backward(np.ones_like(logits), tape)
    before = {step.name: step.output.copy() for step in tape}
    wanted = {name: grad.copy() for name, grad in grads.items()}
    training_logits, training_tape = net.forward(second, training=True, keep=False)
    net.backward(np.ones_like(training_logits), training_tape)
    for step in tape:
        np.testing.assert_array_equal(step.output, before[step.name])
    for name, grad in grads.items():
        np.testing.assert_array_equal(grad, wanted[name])


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copied_network_computes_the_same_with_a_workspace_of_its_own(duplicate):
    net = UNet(base=2, depth=1)
    x = np.random.default_rng(0).standard_normal((1, 1, 20, 22)).astype("float32")
    other = duplicate(net)
    assert other.logits(x).tobytes() == net.logits(x).tobytes()
    assert other.layers.conv2d_forward.args[0] is not net.layers.conv2d_forward.args[0]
