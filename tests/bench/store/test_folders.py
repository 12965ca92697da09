import json

import pytest

from runbench.errors import UnusableEnvironmentError
from runbench.store.folders import require_writable, unused_checkpoints


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
