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

from runbench.errors import ConflictError, DamagedFileError
from runbench.store import files
from runbench.store.folders import RunFolder, require_writable
from runbench.store.migration import FORMAT

LOCK = ".lock"
HOLDER = ".lock-holder"

PARTS = ("identity", "cells", "suites", "test_images", "probabilities", "costs")
"""What a manifest must hold, entries each."""


def read_manifest(folder: RunFolder) -> dict[str, Any] | None:
    """Return the manifest of a run, to go on with it; None where there is none.

    Raises DamagedFileError where it is none of a run, ConflictError where an earlier version wrote it.
    """
    path = folder.manifest
    if not path.exists():
        return None
    manifest = files.read_json(path)
    if manifest.get("format") != FORMAT:
        raise ConflictError(
            f"{folder.path} was stored by {_writer(manifest)}, whose keys are other, and cannot be extended; "
            "choose another --name, or --overwrite to replace the run"
        )
    odd = ", ".join(_odd_parts(manifest))
    if odd:
        raise DamagedFileError(f"{path} is no manifest of a run: look at its {odd}")
    return manifest


def _writer(manifest: Mapping[str, Any]) -> str:
    versions = manifest.get("versions")
    number = versions.get("run-bench") if isinstance(versions, Mapping) else None
    return "another version" if number is None else f"version {number}"


def _odd_parts(manifest: Mapping[str, Any]) -> list[str]:
    """Return the names of what a run to be extended reads of its manifest, and cannot."""
    odd = [name for name in PARTS if not isinstance(manifest.get(name), dict)]
    odd += [
        name for name, kind in (("commands", list), ("started", str)) if not isinstance(manifest.get(name), kind)
    ]
    nested = {"cells": _is_cell, "probabilities": _is_mapping}
    return odd + [
        name for name, fits in nested.items() if name not in odd and not all(map(fits, manifest[name].values()))
    ]


def _is_cell(value: object) -> bool:
    return isinstance(value, dict) and all(_is_mapping(value.get(part)) for part in ("training", "identity"))


def _is_mapping(value: object) -> bool:
    return isinstance(value, dict)


def write_manifest(folder: RunFolder, manifest: Mapping[str, Any]) -> None:
    """Put the manifest in its place, whole."""
    files.write_json(folder.manifest, manifest)


def note_files(folder: RunFolder, noted: Mapping[str, str]) -> None:
    """Take note of the sha256 of files of a run, by name; a manifest that has them, or is not there, stays."""
    manifest = files.read_json(folder.manifest) if folder.manifest.exists() else {}
    before = manifest.get("files", {})
    if manifest and before | noted != before:
        write_manifest(folder, manifest | {"files": before | noted})


def now() -> str:
    """Return the time as ISO 8601, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def held(run: RunFolder) -> Iterator[None]:
    """Hold a run folder for this process alone; raise ConflictError, naming the holder, where another has it.

    The lock goes with the process, however that ends.
    """
    folder = run.path
    require_writable(folder)
    holder = folder / HOLDER
    try:
        with FileLock(folder / LOCK, timeout=0):
            files.write_text(holder, f"process {os.getpid()} on {socket.gethostname()} since {now()}\n")
            files.sweep_temporaries(folder)
            try:
                yield
            finally:
                holder.unlink(missing_ok=True)
    except Timeout:
        name = holder.read_text(encoding="utf-8").strip() if holder.exists() else "another process"
        raise ConflictError(f"{folder} is in use by {name}; wait for it or choose another --name") from None


def remove_run(run: RunFolder) -> None:
    """Remove everything in a run's folder but its lock; raise ConflictError where the folder holds no run."""
    inside = [path for path in run.path.iterdir() if path.name not in (LOCK, HOLDER)]
    if inside and not run.manifest.exists():
        raise ConflictError(f"{run.path} holds no run, so it is not overwritten; choose another --name")
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
