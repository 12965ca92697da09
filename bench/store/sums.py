"""The sha256 of every file of a run, kept in its manifest: whether a file is what was written. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from runbench.errors import DamagedFileError
from runbench.store import files
from runbench.store.folders import MANIFEST, RunFolder

Sums = Mapping[str, str]
"""The sha256 of files, in hexadecimal, by their name within the run."""

ADVICE = "run the same command again to make it anew"


def sums_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return all sums that a manifest holds, of whole runs and of cells; an earlier version noted fewer."""
    cells = manifest.get("cells")
    entries = [manifest, *(cells.values() if isinstance(cells, Mapping) else ())]
    noted = [entry.get("files") for entry in entries if isinstance(entry, Mapping)]
    return {str(name): value for part in noted if isinstance(part, Mapping) for name, value in part.items()}


def taken(folder: RunFolder, paths: Iterable[Path]) -> dict[str, str]:
    """Return the sums of files as they are now."""
    return {folder.name(path): files.sha256(path) for path in paths}


def checked(folder: RunFolder, path: Path) -> Path:
    """Return a file that is there and, as far as a sum was noted, is what was written; raise DamagedFileError."""
    if not path.exists():
        raise DamagedFileError(f"{path} is gone; {ADVICE}")
    if folder.sums.get(folder.name(path)) not in (None, files.sha256(path)):
        raise DamagedFileError(f"{path} is not the file that was written, by its sha256 in {MANIFEST}; {ADVICE}")
    return path


def set_aside_damaged(folder: RunFolder, paths: Iterable[Path]) -> list[Path]:
    """Set those files aside that are not what was written; return them with those that are gone."""
    noted = [path for path in paths if folder.name(path) in folder.sums]
    damaged = [path for path in noted if not path.exists() or files.sha256(path) != folder.sums[folder.name(path)]]
    for path in damaged:
        files.set_aside(path)
    return damaged
