"""The folders that a run writes into: whether it can, and what in them no run uses. No torch."""

import json
import tempfile
import time
from pathlib import Path

from runbench.errors import UnusableEnvironmentError
from runbench.store.run_folder import MANIFEST

CHECKPOINTS = "checkpoints"
CHECKPOINT_FILES = (".safetensors", ".json", ".progress", ".corrupt", ".part")
ABANDONED_SECONDS = 3600


def require_writable(folder: Path) -> None:
    """Make `folder` where its parent exists; raise UnusableEnvironmentError where it cannot be written."""
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UnusableEnvironmentError(
            f"{folder} cannot be written ({error.strerror}); choose another folder with --output or --reports"
        ) from error


def unused_checkpoints(output: Path) -> list[Path]:
    """Return the files under `output`/checkpoints that no run's manifest names, oldest name first."""
    used: set[str] = set()
    for manifest in output.glob(f"*/{MANIFEST}"):
        try:
            cells = json.loads(manifest.read_text(encoding="utf-8"))["cells"]
            used |= {cell["checkpoint"] for cell in cells.values()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnusableEnvironmentError(
                f"{manifest} does not say which checkpoints it uses; remove that run first"
            ) from error
    return sorted(
        file
        for file in (output / CHECKPOINTS).glob("*")
        if file.suffix in CHECKPOINT_FILES
        and file.name.partition(".")[0] not in used
        and not _is_being_written(file)
    )


def _is_being_written(file: Path) -> bool:
    return file.suffix == ".part" and time.time() - file.stat().st_mtime < ABANDONED_SECONDS
