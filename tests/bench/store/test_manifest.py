import subprocess
import sys

import pytest

from runbench.errors import ConflictError, DamagedFileError
from runbench.store.folders import RunFolder
from runbench.store.manifest import PARTS, held, read_manifest, refuse_conflict, remove_run, write_manifest
from runbench.store.migration import FORMAT

WHOLE = {part: {} for part in PARTS} | {"format": FORMAT, "commands": [], "started": "2026-11-24T02:02:31+00:00"}

HOLD = """
import sys, pathlib
from runbench.store.manifest import held
from runbench.store.folders import RunFolder
with held(RunFolder(pathlib.Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_folder_in_use_is_refused_and_its_holder_named(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ConflictError, match=f"in use by process {holder.pid} on"), held(RunFolder(tmp_path)):
            pass
        holder.kill()
        holder.wait()
    # a dead holder's lock is free
    with held(RunFolder(tmp_path)):
        pass


def test_holding_sweeps_what_a_killed_writer_left(tmp_path):
    leftover = tmp_path / ".metrics.csv.xyz.part"
    leftover.touch()
    with held(RunFolder(tmp_path)):
        assert not leftover.exists()


def test_no_manifest_is_none(tmp_path):
    folder = RunFolder(tmp_path)
    assert read_manifest(folder) is None
    write_manifest(folder, WHOLE)
    assert read_manifest(folder) == WHOLE


@pytest.mark.parametrize(
    "odd",
    [
        {"cells": []},
        {"cells": {"a": 3}},
        {"cells": {"a": {"training": {}, "identity": "none"}}},
        {"identity": None},
        {"commands": "one"},
        {"suites": "none"},
        {"probabilities": {"label": None}},
        {"started": None},
    ],
)
def test_odd_content_is_said_in_a_line(tmp_path, odd):
    folder = RunFolder(tmp_path)
    write_manifest(folder, WHOLE | odd)
    with pytest.raises(DamagedFileError, match=f"is no manifest of a run: look at its {next(iter(odd))}$"):
        read_manifest(folder)


def test_a_run_of_another_version_is_not_extended(tmp_path):
    folder = RunFolder(tmp_path)
    write_manifest(folder, {"cells": {}, "identity": {}})
    with pytest.raises(ConflictError, match="stored by another version"):
        read_manifest(folder)


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
        remove_run(RunFolder(tmp_path))
    assert precious.exists()
    write_manifest(RunFolder(tmp_path), {"cells": {}})
    (tmp_path / "predictions").mkdir()
    remove_run(RunFolder(tmp_path))
    assert list(tmp_path.iterdir()) == []
