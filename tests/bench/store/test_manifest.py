import subprocess
import sys

import pytest

from runbench.errors import ConflictError
from runbench.store.manifest import held, read_manifest, refuse_conflict, remove_run, write_manifest

HOLD = """
import sys, pathlib
from runbench.store.manifest import held
with held(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_folder_in_use_is_refused_and_its_holder_named(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ConflictError, match=f"in use by process {holder.pid} on"), held(tmp_path):
            pass
        holder.kill()
        holder.wait()
    # a dead holder's lock is free
    with held(tmp_path):
        pass


def test_holding_sweeps_what_a_killed_writer_left(tmp_path):
    leftover = tmp_path / ".metrics.csv.xyz.part"
    leftover.touch()
    with held(tmp_path):
        assert not leftover.exists()


def test_no_manifest_is_none(tmp_path):
    assert read_manifest(tmp_path) is None
    write_manifest(tmp_path, {"cells": {}})
    assert read_manifest(tmp_path) == {"cells": {}}


def test_every_difference_is_listed(tmp_path):
    stored, asked = {"preset": "smoke", "limit": None, "seed": 1}, {"preset": "paper", "limit": 5, "seed": 1}
    with pytest.raises(ConflictError) as refusal:
        refuse_conflict(stored, asked, tmp_path)
    assert "preset is smoke there and paper now" in str(refusal.value)
    assert "limit is None there and 5 now" in str(refusal.value)
    assert "seed" not in str(refusal.value)
    refuse_conflict(stored, dict(stored), tmp_path)


def test_only_a_run_is_removed(tmp_path):
    precious = tmp_path / "thesis.tex"
    precious.touch()
    with pytest.raises(ConflictError, match="holds no run"):
        remove_run(tmp_path)
    assert precious.exists()
    write_manifest(tmp_path, {"cells": {}})
    (tmp_path / "predictions").mkdir()
    remove_run(tmp_path)
    assert list(tmp_path.iterdir()) == []
