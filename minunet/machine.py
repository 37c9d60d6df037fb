"""Where a machine leaves speed behind, and what mends that: for ``minunet info``."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

AVX512 = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
AVX2 = {"avx2", "fma"}
AVX512_KERNELS = {"SkylakeX", "Cooperlake", "SapphireRapids"}
# AMD's Zen up to the third runs the same code as Haswell: NumPy's wheels do not even hold a Zen of its own, and go on
# with Haswell where OPENBLAS_CORETYPE asks for it. From the fourth on it has AVX-512, and OpenBLAS means SkylakeX.
AVX2_KERNELS = {"Haswell", "Zen"} | AVX512_KERNELS
THREADS_VARIABLE = {"openblas": "OPENBLAS_NUM_THREADS", "mkl": "MKL_NUM_THREADS", "blis": "BLIS_NUM_THREADS"}


class Machine(NamedTuple):
    """What `lost_speed` needs to know; None or nothing for what this system does not tell."""

    flags: frozenset[str] = frozenset()  # of the CPU, as /proc/cpuinfo names them
    blas: str | None = None  # "openblas", "mkl", "blis"
    architecture: str | None = None  # that OpenBLAS chose its kernels for
    threads: int | None = None  # of BLAS
    cores: int = 1  # that this process may use
    gpu: bool = False
    cupy: bool = False


def lost_speed(machine: Machine) -> list[str]:
    """One line for each place where `machine` could be faster: what is, and what to do; none where all is well."""
    lines = []
    if machine.blas == "openblas" and machine.architecture:
        better, feature = _kernels_that_fit(machine)
        if better:
            lines.append(
                f"BLAS uses its {machine.architecture} kernels on a CPU with {feature}: "
                f"set OPENBLAS_CORETYPE={better} before Python starts"
            )
    if machine.threads == 1 and machine.cores > 1:
        variable = THREADS_VARIABLE.get(machine.blas or "", "OMP_NUM_THREADS")
        lines.append(
            f"BLAS is held to one thread and there are {machine.cores} cores: "
            f"set {variable}={machine.cores} before Python starts"
        )
    if machine.gpu and not machine.cupy:
        lines.append(
            'there is a GPU and no CuPy: pip install "minunet[cuda12]" or "minunet[cuda13]", '
            "whichever CUDA version nvidia-smi names"
        )
    return lines


def this_machine() -> Machine:
    """The facts of the machine that this runs on."""
    return Machine(
        flags=_cpu_flags(),
        **_blas(),
        cores=_cores(),
        gpu=shutil.which("nvidia-smi") is not None or Path("/dev/nvidia0").exists(),
        cupy=find_spec("cupy") is not None,
    )


def _kernels_that_fit(machine):
    """OpenBLAS's name for better kernels than those chosen, and the CPU's feature that they use; or None, None."""
    if machine.flags >= AVX512 and machine.architecture not in AVX512_KERNELS:
        return "SkylakeX", "AVX-512"
    if machine.flags >= AVX2 and machine.architecture not in AVX2_KERNELS:
        return "Haswell", "AVX2"
    return None, None


def _cpu_flags(cpuinfo="/proc/cpuinfo"):
    """The flags of the first core on Linux; nothing elsewhere, nor for another processor than x86."""
    try:
        lines = Path(cpuinfo).read_text().splitlines()
    except OSError:
        return frozenset()
    return next((frozenset(line.split()[2:]) for line in lines if line.startswith("flags")), frozenset())


def _blas():
    """NumPy's BLAS, as threadpoolctl sees it; nothing where either is not to be found."""
    import numpy  # noqa: F401  threadpoolctl looks at what is loaded

    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return {}
    for library in threadpool_info():
        if library["user_api"] == "blas":
            return {
                "blas": library["internal_api"],
                "architecture": library.get("architecture"),
                "threads": library["num_threads"],
            }
    return {}


def _cores():
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1
