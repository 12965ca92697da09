"""What a plan finds of each cell, and what it refuses before anything is written."""

from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file

from fixtures.command_runs import NAME
from runbench.cli.main import main
from runbench.errors import ConflictError
from runbench.pipeline import plan as planning
from runbench.pipeline.plan import make_plan
from runbench.store.manifest import read_manifest
from runbench.suites import SUITES


@pytest.mark.usefixtures("cheap")
def test_what_a_run_stored_is_found_until_it_is_damaged(arguments, configuration, tmp_path):
    main(arguments)
    manifest = read_manifest(configuration.folder)
    again = make_plan(configuration, manifest)
    assert [planned.stored for planned in again.cells] == [True, True]
    for planned in again.cells:
        state = manifest["cells"][planned.cell.address]
        assert (planned.training, planned.identity) == (state["training"], state["identity"])
        assert planned.checkpoint.key == state["checkpoint"]
    damaged = tmp_path / "results" / NAME / "predictions" / "rotation" / "linear-seed0.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert [planned.stored for planned in make_plan(configuration, manifest).cells] == [False, True]
    with pytest.raises(ConflictError, match="limit is 40 there and 30 now"):
        make_plan(replace(configuration, limit=30), manifest)


def test_a_network_is_named_once_for_each_canvas(configuration):
    suites = (SUITES["rotation"], SUITES["affine"], SUITES["translation"])
    plan = make_plan(replace(configuration, suites=suites), None)
    assert len(plan.cells) == 6
    canvases = {canvas for _, canvas in plan.networks}
    assert canvases == {suite.canvas for suite in suites}
    # both models are one network, in two regimes
    assert len(plan.networks) == len(set(plan.networks.values())) == len(canvases)


def test_a_network_that_cannot_be_built_fails_with_its_cells_and_not_the_plan(configuration, monkeypatch):
    def broken(*given):
        raise RuntimeError("no memory")

    monkeypatch.setattr(planning, "network_fingerprint", broken)
    assert set(make_plan(configuration, None).networks.values()) == {"not built: RuntimeError"}


def test_weights_of_another_shape_fail_before_work_starts(arguments, tmp_path, capsys):
    save_file({"network.1.weight": torch.zeros(10, 7)}, tmp_path / "mine.safetensors")
    words = [*arguments, "--models", "linear", "--weights", f"linear={tmp_path / 'mine.safetensors'}"]
    assert main(words) == 5
    assert "mine.safetensors does not fit the network: " in capsys.readouterr().err
    assert not (tmp_path / "results" / NAME / "manifest.json").exists()
