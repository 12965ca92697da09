"""A run's manifest: what was asked for, on which machine, and the state of every cell. No torch."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from runbench.errors import ConflictError
from runbench.store import records
from runbench.store.folders import MANIFEST, require_writable

LOCK = ".lock"
HOLDER = ".lock-holder"


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a run folder, None where there is none."""
    path = folder / MANIFEST
    return records.read_json(path) if path.exists() else None


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Put the manifest in its place, whole."""
    records.write_json(folder / MANIFEST, manifest)


def now() -> str:
    """Return the time as ISO 8601, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a run folder for this process alone; raise ConflictError, naming the holder, where another has it.

    The lock goes with the process, however that ends.
    """
    require_writable(folder)
    holder = folder / HOLDER
    try:
        with FileLock(folder / LOCK, timeout=0):
            records.write_text(holder, f"process {os.getpid()} on {socket.gethostname()} since {now()}\n")
            records.sweep_temporaries(folder)
            try:
                yield
            finally:
                holder.unlink(missing_ok=True)
    except Timeout:
        name = holder.read_text(encoding="utf-8").strip() if holder.exists() else "another process"
        raise ConflictError(f"{folder} is in use by {name}; wait for it or choose another --name") from None


def remove_run(folder: Path) -> None:
    """Remove everything in a run's folder but its lock; raise ConflictError where the folder holds no run."""
    inside = [path for path in folder.iterdir() if path.name not in (LOCK, HOLDER)]
    if inside and not (folder / MANIFEST).exists():
        raise ConflictError(f"{folder} holds no run, so it is not overwritten; choose another --name")
    for path in inside:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def refuse_conflict(stored: Mapping[str, Any], identity: Mapping[str, Any], place: Path) -> None:
    """Raise ConflictError, listing every difference, where `place` holds what another configuration made."""
    differences = [
        f"{key} is {stored.get(key)} there and {identity.get(key)} now"
        for key in dict.fromkeys((*stored, *identity))
        if stored.get(key) != identity.get(key)
    ]
    if differences:
        raise ConflictError(
            f"{place} holds another configuration ({'; '.join(differences)}); choose another --name, "
            "or --overwrite to replace the run"
        )
