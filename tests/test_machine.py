"""Where speed is left behind: each line names what mends it, and a machine that is well has none."""

import os
import sys

import pytest

from minunet import machine
from minunet.machine import AVX2, AVX512, Machine, lost_speed, this_machine

WITH_AVX2 = frozenset(AVX2 | {"sse2"})
WITH_AVX512 = WITH_AVX2 | AVX512


@pytest.mark.parametrize(
    ("flags", "architecture", "better"),
    [
        (WITH_AVX512, "Haswell", "SkylakeX"),
        (WITH_AVX512, "Zen", "SkylakeX"),
        (WITH_AVX512, "Prescott", "SkylakeX"),
        (WITH_AVX2, "Prescott", "Haswell"),
        (WITH_AVX2, "Katmai", "Haswell"),
        (WITH_AVX2, "Sandybridge", "Haswell"),
    ],
)
def test_kernels_older_than_the_cpu_are_named_with_the_variable_that_mends_it(flags, architecture, better):
    (line,) = lost_speed(Machine(flags, "openblas", architecture, threads=4, cores=4))
    feature = "AVX-512" if better == "SkylakeX" else "AVX2"
    assert line == (
        f"BLAS uses its {architecture} kernels on a CPU with {feature}: "
        f"set OPENBLAS_CORETYPE={better} before Python starts"
    )


@pytest.mark.parametrize(
    ("flags", "blas", "architecture"),
    [
        (WITH_AVX512, "openblas", "SkylakeX"),
        (WITH_AVX512, "openblas", "SapphireRapids"),
        (WITH_AVX512 - {"avx512vl"}, "openblas", "Haswell"),  # Knights Landing: SkylakeX would not run
        (WITH_AVX2, "openblas", "Haswell"),
        (WITH_AVX2, "openblas", "Zen"),
        (frozenset({"sse2"}), "openblas", "Prescott"),
        (frozenset(), "openblas", "neoversen1"),
        (WITH_AVX512, "mkl", None),
        (WITH_AVX512, "blis", "haswell"),
        (WITH_AVX512, "openblas", None),
        (frozenset(), None, None),
    ],
)
def test_kernels_that_fit_or_are_not_known_are_passed_over(flags, blas, architecture):
    assert lost_speed(Machine(flags, blas, architecture, threads=4, cores=4)) == []


@pytest.mark.parametrize(
    ("blas", "variable"),
    [("openblas", "OPENBLAS_NUM_THREADS"), ("mkl", "MKL_NUM_THREADS"), ("another", "OMP_NUM_THREADS")],
)
def test_one_thread_on_many_cores_is_remarked_upon(blas, variable):
    assert lost_speed(Machine(blas=blas, threads=1, cores=6)) == [
        f"BLAS is held to one thread and there are 6 cores: set {variable}=6 before Python starts"
    ]


@pytest.mark.parametrize(("threads", "cores"), [(1, 1), (2, 6), (6, 6), (None, 6)])
def test_other_numbers_of_threads_are_somebodys_choice(threads, cores):
    assert lost_speed(Machine(blas="openblas", threads=threads, cores=cores)) == []


@pytest.mark.parametrize(("gpu", "cupy", "lines"), [(True, False, 1), (True, True, 0), (False, False, 0)])
def test_a_gpu_without_cupy_is_told_what_to_install(gpu, cupy, lines):
    found = lost_speed(Machine(gpu=gpu, cupy=cupy))
    assert len(found) == lines
    assert all('pip install "minunet[cuda12]" or "minunet[cuda13]"' in line for line in found)


def test_every_place_has_a_line_of_its_own():
    assert len(lost_speed(Machine(WITH_AVX512, "openblas", "Haswell", threads=1, cores=2, gpu=True))) == 3


def test_the_facts_of_this_machine_are_gathered():
    facts = this_machine()
    assert 1 <= facts.cores <= os.cpu_count()
    assert facts.threads is None or facts.threads >= 1
    assert "\n" not in "".join(lost_speed(facts))


def test_the_flags_are_those_of_the_first_core(tmp_path):
    path = tmp_path / "cpuinfo"
    path.write_text("vendor_id\t: GenuineIntel\nflags\t\t: fpu avx2 fma\nbugs\t: none\n\nflags\t\t: fpu\n")
    assert machine._cpu_flags(path) == {"fpu", "avx2", "fma"}


def test_a_system_that_tells_nothing_loses_nothing(tmp_path, monkeypatch):
    (tmp_path / "cpuinfo").write_text("Features\t: fp asimd\n")
    assert machine._cpu_flags(tmp_path / "cpuinfo") == frozenset()
    assert machine._cpu_flags(tmp_path / "missing") == frozenset()
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    facts = this_machine()
    assert (facts.blas, facts.architecture, facts.threads) == (None, None, None)
    assert facts.cores == os.cpu_count()
