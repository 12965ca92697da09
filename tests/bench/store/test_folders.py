import json

import pytest

from runbench.errors import UnusableEnvironmentError
from runbench.store.folders import RunFolder, require_writable, stored_runs, unused_checkpoints
from runbench.store.migration import OLD


def test_a_folder_is_made_where_its_parent_is(tmp_path):
    require_writable(tmp_path / "results")
    assert (tmp_path / "results").is_dir()
    assert list((tmp_path / "results").iterdir()) == []


def test_a_file_and_a_missing_parent_are_refused(tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "no" / "parent"):
        with pytest.raises(UnusableEnvironmentError, match="choose another folder"):
            require_writable(folder)


def test_checkpoints_that_no_run_names_are_unused(tmp_path):
    checkpoints, run = tmp_path / "checkpoints", tmp_path / "run"
    checkpoints.mkdir()
    run.mkdir()
    for name in ("used.safetensors", "used.json", "lost.safetensors", "lost.json", "lost.progress.corrupt"):
        (checkpoints / name).touch()
    (run / "manifest.json").write_text(json.dumps({"cells": {"s/m": {"checkpoint": "used"}}}))
    names = [file.name for file in unused_checkpoints(tmp_path)]
    assert names == ["lost.json", "lost.progress.corrupt", "lost.safetensors"]


@pytest.mark.parametrize("content", ["{", "[]", '{"cells": []}', '{"cells": {"a": 3}}', '{"cells": {"a": {}}}'])
def test_nothing_is_unused_while_a_manifest_cannot_be_read(tmp_path, content):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_text(content)
    with pytest.raises(UnusableEnvironmentError, match="does not say which checkpoints"):
        unused_checkpoints(tmp_path)


def test_a_cells_files_are_named_by_its_address(tmp_path):
    folder = RunFolder(tmp_path)
    assert [folder.name(path) for path in folder.of_cell("rotation/stn-seed0")] == [
        "predictions/rotation/stn-seed0.parquet",
        "features/rotation/stn-seed0.parquet",
        "introspection/rotation/stn-seed0.npz",
    ]
    old = RunFolder(tmp_path, OLD)
    assert [old.name(path) for path in (*old.of_cell("rotation/stn-seed0"), old.metrics)] == [
        "predictions/rotation/stn-seed0.parquet",
        "responses/rotation/stn-seed0.parquet",
        "gallery/rotation/stn-seed0.npz",
        "metrics.csv",
    ]


def test_samples_are_not_among_what_models_show(tmp_path):
    folder = RunFolder(tmp_path)
    for path in (
        folder.samples("scale"),
        folder.introspection("scale/stn-seed1"),
        folder.introspection("scale/a-seed0"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [path.name for path in folder.introspected("scale")] == ["a-seed0.npz", "stn-seed1.npz"]
    assert folder.introspected("rotation") == []


def test_runs_are_the_folders_with_a_manifest(tmp_path):
    for name in ("b", "a", "checkpoints"):
        (tmp_path / name).mkdir()
    for name in ("b", "a"):
        (tmp_path / name / "manifest.json").touch()
    assert stored_runs(tmp_path) == ["a", "b"]
