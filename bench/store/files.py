"""How files appear whole or not at all, and what is told of one that did not. No torch."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, cast

import numpy as np
import pandas as pd

from runbench.errors import DamagedFileError

SEAL = "sealed_sha256"
"""The entry of a JSON object that guards all others."""


@contextmanager
def atomic_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path` that takes its place when the block ends without an error.

    The file and its folder are synced, so after a crash the old or the new content is there, whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False) as file:
        temporary = Path(file.name)
        try:
            yield cast("IO[bytes]", file)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    temporary.chmod(0o644)
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sweep_temporaries(folder: Path) -> None:
    """Remove what a killed writer left under `folder`."""
    for leftover in folder.rglob(".*.part"):
        leftover.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """Return the sha256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def set_aside(path: Path) -> None:
    """Rename a file that is not what was written, where it is there, to NAME.corrupt."""
    if path.exists():
        path.replace(path.with_name(f"{path.name}.corrupt"))


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically."""
    with atomic_file(path) as file:
        file.write(text.encode())


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write JSON atomically, indented."""
    write_text(path, json.dumps(value, indent=2, sort_keys=False) + "\n")


def sealed(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return what JSON keeps of an object, with the sha256 of it all under SEAL."""
    kept: dict[str, Any] = json.loads(json.dumps(value))
    return {**kept, SEAL: hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()}


def is_sealed(value: Mapping[str, Any]) -> bool:
    """Say whether an object that was read is what was sealed; one that never was is, too."""
    open_part = {key: part for key, part in value.items() if key != SEAL}
    return value.get(SEAL) in (None, sealed(open_part)[SEAL])


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; raise DamagedFileError where there is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DamagedFileError(f"{path} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise DamagedFileError(f"{path} holds no JSON object")
    return value


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as CSV atomically; numbers keep nine significant digits."""
    write_text(path, frame.to_csv(index=False, float_format="%.9g", lineterminator="\n"))


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table that `write_csv` wrote; only an empty field is missing. Raises DamagedFileError otherwise."""
    try:
        return pd.read_csv(path, keep_default_na=False, na_values=[""])
    except ValueError as error:
        raise DamagedFileError(f"{path} cannot be read: {error}") from error


def write_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write arrays as a compressed npz, atomically; its bytes depend on the content alone."""
    with atomic_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue(), zipfile.ZIP_DEFLATED)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read what `write_arrays` wrote; raise DamagedFileError where it is cut."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return dict(archive)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DamagedFileError(f"{path} cannot be read: {error}") from error
