"""How much memory a piece of work takes at its peak."""

import resource
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

import torch

MEBIBYTE = 2**20


@final
@dataclass(frozen=True)
class Meter:
    """How a device's memory is read, in bytes: `size` now, `peak` since the last `reset`."""

    size: Callable[[], int]
    peak: Callable[[], int]
    reset: Callable[[], None]


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise OSError(f"the kernel does not tell {field}")


def _forget_highest() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _highest_resident() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


# Linux resets the high-water mark of the resident size; elsewhere it only rises, from start-up on.
RESIDENT = (
    Meter(
        size=lambda: _status("VmRSS"),
        peak=lambda: _status("VmHWM"),
        reset=_forget_highest,
    )
    if sys.platform == "linux"
    else Meter(size=_highest_resident, peak=_highest_resident, reset=lambda: None)
)

METERS: Mapping[str, Meter] = {
    "cpu": RESIDENT,
    "mps": RESIDENT,
    "cuda": Meter(
        size=torch.cuda.memory_allocated,
        peak=torch.cuda.max_memory_allocated,
        reset=torch.cuda.reset_peak_memory_stats,
    ),
}
"""By type of device: allocated memory on CUDA, else the process's resident size."""
