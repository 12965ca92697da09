"""The machine: device, threads, seeding, and a fingerprint of hardware and versions."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import runbench
from runbench.errors import UnusableEnvironmentError

if TYPE_CHECKING:
    import torch

NUMERIC_PACKAGES = ("torch", "kornia")
"""The packages whose version decides the numbers."""

OTHER_PACKAGES = ("torchvision", "pillow", "numpy", "pandas", "pyarrow", "scipy", "matplotlib", "seaborn")


def purpose_seed(*purpose: object) -> int:
    """Return the seed that belongs to a purpose: 63 bits of the sha256 of its words."""
    digest = hashlib.sha256("\x1f".join(map(str, purpose)).encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


def generator(*purpose: object) -> torch.Generator:
    """Return a CPU generator seeded for a purpose."""
    import torch

    return torch.Generator().manual_seed(purpose_seed(*purpose))


def resolve_device(name: str) -> torch.device:
    """Return the device auto, cpu, cuda, cuda:N or mps; raise UnusableEnvironmentError for a missing one."""
    import torch

    cuda = [f"cuda:{index}" for index in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    mps = ["mps"] if torch.backends.mps.is_available() else []
    if name == "auto":
        return torch.device((cuda + mps + ["cpu"])[0])
    wanted = "cuda:0" if name == "cuda" else name
    there = [*cuda, *mps, "cpu"]
    if wanted not in there:
        raise UnusableEnvironmentError(f"there is no device {name!r}; this machine has {', '.join(there)}")
    return torch.device(wanted)


def use(device: torch.device, threads: int) -> None:
    """Let torch compute on `device` with `threads` processor threads, in float32 where float32 is asked for."""
    import torch

    torch.set_num_threads(threads)
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    if device.type == "cuda":
        torch.cuda.set_device(device)


def available_threads() -> int:
    """Return the number of processors that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def numeric_versions() -> dict[str, str]:
    """Return the versions of the packages that decide the numbers."""
    return {name: version(name) for name in NUMERIC_PACKAGES}


def all_versions() -> dict[str, str]:
    """Return the versions of everything that a report's numbers and pictures come from."""
    others = {name: version(name) for name in OTHER_PACKAGES}
    own = {"python": platform.python_version(), "run-bench": runbench.__version__}
    return {**own, **numeric_versions(), **others}


def hardware(device: torch.device) -> dict[str, str | int]:
    """Describe the machine: processor, cores, memory, accelerator."""
    import psutil
    import torch

    described: dict[str, str | int] = {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": available_threads(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "device": str(device),
        "idle_threads": os.environ.get("OMP_WAIT_POLICY", "as OpenMP decides").lower(),
    }
    if device.type == "cuda":
        described["accelerator"] = torch.cuda.get_device_name(device)
    return described


def git_commit() -> str | None:
    """Return the commit of the code that runs, with "-dirty" where it was changed; null outside a checkout."""
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],  # noqa: S607
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return described.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
