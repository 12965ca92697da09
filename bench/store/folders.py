"""The folders that a run writes into and what their files are called: no other room knows. No pandas, no torch."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import final

from runbench.errors import UnusableEnvironmentError

CHECKPOINTS = "checkpoints"
CHECKPOINT_FILES = (".safetensors", ".json", ".progress", ".corrupt", ".part")
ABANDONED_SECONDS = 3600
MANIFEST = "manifest.json"
SAMPLES = "samples"


@final
@dataclass(frozen=True)
class Layout:
    """What the parts of a run's folder are called."""

    features: str
    introspection: str
    metrics: str


CURRENT = Layout("features", "introspection", "metrics.parquet")


@final
@dataclass(frozen=True)
class RunFolder:
    """The folder of one run. Cells are named by their address, SUITE/MODEL-seedN.

    `sums` are the sha256 of its files by their name within the run, as far as the manifest notes them.
    """

    path: Path
    layout: Layout = CURRENT
    sums: Mapping[str, str] = field(default_factory=dict)

    @property
    def manifest(self) -> Path:
        """Return the file that says what the run is."""
        return self.path / MANIFEST

    @property
    def metrics(self) -> Path:
        """Return the file of metrics."""
        return self.path / self.layout.metrics

    def table(self, name: str) -> Path:
        """Return the file of a small table: summary, comparisons, claims, costs or history."""
        return self.path / f"{name}.csv"

    def predictions(self, address: str) -> Path:
        """Return the file of a cell's rows per image."""
        return self.path / "predictions" / f"{address}.parquet"

    def features(self, address: str) -> Path:
        """Return the file of a cell's metrics of features."""
        return self.path / self.layout.features / f"{address}.parquet"

    def introspection(self, address: str) -> Path:
        """Return the file of what a cell's model shows of itself."""
        return self.path / self.layout.introspection / f"{address}.npz"

    def samples(self, suite: str) -> Path:
        """Return the file of a suite's sample images."""
        return self.introspection(f"{suite}/{SAMPLES}")

    def introspected(self, suite: str) -> list[Path]:
        """Return the files of what models show on a suite, by name; the samples are not among them."""
        found = self.samples(suite).parent.glob("*-seed*.npz")
        return sorted(found)

    def all_features(self) -> list[Path]:
        """Return the files of all cells' metrics of features, by name."""
        return sorted((self.path / self.layout.features).glob("*/*.parquet"))

    def of_cell(self, address: str) -> tuple[Path, Path, Path]:
        """Return the files of a cell."""
        return self.predictions(address), self.features(address), self.introspection(address)

    @property
    def derived(self) -> tuple[Path, ...]:
        """Return the files of the tables that follow from the cells' rows."""
        return self.metrics, *(self.table(name) for name in ("summary", "comparisons", "claims"))

    def name(self, path: Path) -> str:
        """Return what a file is called within the run."""
        return path.relative_to(self.path).as_posix()


def stored_runs(output: Path) -> list[str]:
    """Return the names of the runs that a folder of runs holds."""
    return sorted(path.parent.name for path in output.glob(f"*/{MANIFEST}"))


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
