"""What is measured: one model, trained with one seed, on one suite. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from runbench.models.spec import ModelSpec
from runbench.suites import Suite


@final
@dataclass(frozen=True)
class Cell:
    """One model, seed and suite: the unit of work and of resumption."""

    suite: Suite
    model: ModelSpec
    seed: int

    @property
    def address(self) -> str:
        """Return the cell's name within its run."""
        return f"{self.suite.name}/{self.model.name}-seed{self.seed}"

    @property
    def columns(self) -> dict[str, str | int]:
        """Return what says in a table's row that it belongs to the cell: schemas.CELL_COLUMNS."""
        return {
            "suite": self.suite.name,
            "task": self.suite.task.name,
            "model": self.model.name,
            "architecture": self.model.architecture,
            "regime": self.model.regime,
            "seed": self.seed,
        }
