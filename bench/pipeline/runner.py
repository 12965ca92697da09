"""Run what is missing of a plan, cell by cell, and keep the manifest true at every moment."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, final

import pandas as pd

from runbench.data.test_images import EVALUATION_SEED, TestImages, lay_out
from runbench.environment import all_versions, git_commit, hardware, use
from runbench.errors import BenchError, DivergedError, UnusableEnvironmentError
from runbench.evaluation.cost import CostRequest, Costs, measure_apart
from runbench.formatting import duration
from runbench.models.spec import ModelSpec
from runbench.pipeline.cell import run_cell, write_history, write_samples
from runbench.pipeline.plan import Plan, PlannedCell
from runbench.progress import Progress
from runbench.store import contents, schemas
from runbench.store.manifest import now, write_manifest
from runbench.store.migration import FORMAT
from runbench.store.suites import described
from runbench.store.sums import Sums, set_aside_damaged, sums_of
from runbench.suites import Suite

BEGUN: Mapping[str, Any] = MappingProxyType(
    {"cells": {}, "suites": {}, "test_images": {}, "probabilities": {}, "commands": [], "costs": {}, "files": {}}
)
"""What a manifest holds that has nothing yet."""


@final
@dataclass(frozen=True)
class Outcome:
    """What became of a cell or of a network's costs: a state, and one line about it."""

    address: str
    state: str
    remark: str

    @property
    def complete(self) -> bool:
        """Return whether the numbers that were asked for are there."""
        return self.state in ("kept", "done", "costs", "set aside")


def run(plan: Plan, command: str, progress: Progress) -> Iterator[Outcome]:
    """Run every cell that is missing, then the costs; yield an outcome as soon as it stands.

    A cell that fails is named in the manifest and the others go on. Raises UnusableEnvironmentError where the
    disk fails.
    """
    configuration = plan.configuration
    use(plan.device, configuration.threads)
    damaged = _set_aside_damaged(plan)
    for path in damaged:
        yield Outcome(path.name, "set aside", f"{path} was gone or not the file that was written: made anew")
    unpriced = _unpriced(plan)
    if all(planned.stored for planned in plan.cells) and not unpriced and not damaged:
        # Nothing is left to do, so the manifest stays as it is, and the report with it
        yield from (Outcome(planned.cell.address, "kept", "stored already") for planned in plan.cells)
        return
    manifest = _begin(plan, command)
    write_manifest(configuration.folder, manifest)

    def note(written: Sums) -> None:
        manifest["files"] |= written
        write_manifest(configuration.folder, manifest)

    if configuration.folder.table("history") in damaged:
        for planned in plan.cells:
            description = planned.checkpoint.read() if planned.stored else None
            if description is not None:
                note(write_history(plan, planned.cell, description["history"]))
    for suite in configuration.suites:
        images = lay_out(suite, plan.dataset.spec.name, plan.dataset.test, plan.test_count)
        note(write_samples(plan, images))
        manifest["test_images"][suite.name] = images.sha256
        for planned in plan.cells:
            if planned.cell.suite is not suite:
                continue
            if planned.stored:
                yield Outcome(planned.cell.address, "kept", "stored already")
                continue
            begun = time.perf_counter()
            state = _attempt(plan, planned, images, progress, note)
            seconds = time.perf_counter() - begun
            if state["state"] == "done":
                readings = manifest["probabilities"].setdefault(suite.task.name, {})
                readings[planned.cell.model.name] = state.pop("probabilities")
            manifest["cells"][planned.cell.address] |= {**state, "seconds": round(seconds, 2)}
            write_manifest(configuration.folder, manifest)
            yield Outcome(planned.cell.address, state["state"], f"{state['reason']} ({duration(seconds)})")
    yield from _measure_costs(plan, unpriced, manifest["costs"], note)
    manifest["finished"] = now()
    write_manifest(configuration.folder, manifest)


def _begin(plan: Plan, command: str) -> dict[str, Any]:
    """Return the manifest as it stands before the first cell: what is stored, and what is still missing."""
    before = plan.manifest or dict(BEGUN) | {"started": now()}
    missing = {
        planned.cell.address: {
            "state": "missing",
            "reason": "not run yet",
            "checkpoint": planned.checkpoint.key,
            "training": planned.training,
            "identity": planned.identity,
        }
        for planned in plan.cells
        if not planned.stored
    }
    configuration = plan.configuration
    return {
        "format": FORMAT,
        "name": configuration.name,
        "commands": [*(one for one in before["commands"] if one != command), command],
        "configuration": {
            "dataset": configuration.dataset.name,
            "preset": configuration.preset,
            "test_images": len(plan.dataset.test.first(plan.test_count)),
            "device": str(plan.device),
            "precision": configuration.precision,
            "evaluation_batch_size": configuration.batch_size,
            "threads": configuration.threads,
            "evaluation_seed": EVALUATION_SEED,
            "left_out": dict(configuration.left_out),
        },
        "identity": dict(plan.identity),
        "data": {
            "name": configuration.dataset.name,
            "sha256": plan.dataset.sha256,
            "classes": list(configuration.dataset.classes),
            "training_images": len(plan.dataset.train),
            "validation_images": len(plan.dataset.validation),
            "test_images": len(plan.dataset.test),
        },
        "suites": before["suites"] | {suite.name: described(suite) for suite in configuration.suites},
        "test_images": dict(before["test_images"]),
        "probabilities": before["probabilities"],
        "versions": all_versions(),
        "hardware": hardware(plan.device),
        "git_commit": git_commit(),
        "started": before["started"],
        "finished": None,
        "costs": dict(before["costs"]),
        "files": dict(before.get("files", {})),
        "cells": before["cells"] | missing,
    }


def _attempt(
    plan: Plan, planned: PlannedCell, images: TestImages, progress: Progress, note: Callable[[Sums], None]
) -> dict[str, Any]:
    """Run a cell; whatever goes wrong in it is its state, except a failing disk, which stops the run."""
    try:
        return run_cell(plan, planned, images, progress, note)
    except DivergedError as error:
        return {"state": "diverged", "reason": str(error)}
    except BenchError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
            raise UnusableEnvironmentError(
                f"{error.filename or plan.configuration.output}: {error.strerror}"
            ) from error
        return _failed(error)
    except Exception as error:  # noqa: BLE001 - a plug-in may raise anything; the other cells go on
        return _failed(error)


def _failed(error: Exception) -> dict[str, Any]:
    reason = " ".join(str(error).split())
    return {"state": "failed", "reason": f"{type(error).__name__}: {reason}"[:500]}


def _set_aside_damaged(plan: Plan) -> list[Path]:
    """Set aside what the run as a whole has stored and is not what was written; return the files."""
    configuration = plan.configuration
    folder = replace(configuration.folder, sums=sums_of(plan.manifest or {}))
    samples = (folder.samples(suite.name) for suite in configuration.suites)
    return set_aside_damaged(folder, [folder.table("costs"), folder.table("history"), *samples])


def _unpriced(plan: Plan) -> list[tuple[Suite, ModelSpec]]:
    """Return the suites and models whose costs at this batch size are not stored."""
    configuration = plan.configuration
    stored = contents.read_rows(configuration.folder, "costs", schemas.COSTS)
    alike = stored[(stored["metric"] == "throughput") & (stored["batch_size"] == configuration.batch_size)]
    known = set(zip(alike["suite"], alike["model"], strict=True))
    measured = {} if plan.manifest is None else plan.manifest["costs"]
    return [
        (suite, model)
        for suite, model in configuration.suites_and_models
        if (suite.name, model.name) not in known
        or measured.get(f"{suite.name}/{model.name}") != plan.networks[model.network, suite.canvas]
    ]


def _measure_costs(
    plan: Plan,
    unpriced: list[tuple[Suite, ModelSpec]],
    networks: dict[str, str],
    note: Callable[[Sums], None],
) -> Iterator[Outcome]:
    """Measure each network once, apart from its training, and store a copy of its costs under every model.

    `networks` takes note of the network that the costs of each suite and model are of, `note` of the table's sum.
    """
    configuration = plan.configuration
    measured: dict[tuple[str, int], Costs] = {}
    for suite, model in unpriced:
        network = (model.network, suite.canvas)
        begun = time.perf_counter()
        if network not in measured:
            request = CostRequest(
                model=model,
                plugins=configuration.plugins,
                preset=configuration.preset,
                channels=plan.dataset.train.images.shape[1],
                classes=len(plan.dataset.spec.classes),
                canvas=suite.canvas,
                batch_size=configuration.batch_size,
                device=str(plan.device),
                precision=configuration.precision,
                threads=configuration.threads,
            )
            try:
                measured[network] = measure_apart(request)
            except Exception as error:  # noqa: BLE001 - as for a cell
                yield Outcome(f"{suite.name}/{model.name}", "no costs", _failed(error)["reason"])
                continue
            seconds = duration(time.perf_counter() - begun)
            remark = "; ".join(["measured", *measured[network].problems])
            yield Outcome(f"{suite.name}/{model.name}", "costs", f"{remark} ({seconds})")
        address = {"suite": suite.name, "model": model.name}
        columns = address | {
            "architecture": model.architecture,
            "regime": model.regime,
            "device": str(plan.device),
            "precision": configuration.precision,
            "threads": configuration.threads,
        }
        rows = pd.DataFrame([columns | row for row in measured[network].rows])
        networks[f"{suite.name}/{model.name}"] = plan.networks[network]
        note(contents.put_rows(configuration.folder, "costs", schemas.COSTS, address, rows))
