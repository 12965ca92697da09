import subprocess
import sys
import time

import pytest

from fixtures.blocking import run_without
from fixtures.command_runs import NAME, ROOT, states
from runbench.cli.main import main
from runbench.store.folders import RunFolder
from runbench.store.manifest import held

pytestmark = pytest.mark.usefixtures("cheap")


def test_a_full_disk_ends_the_run_and_names_the_path(arguments, tmp_path, monkeypatch, capsys):
    def full(path, columns):
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patched:
        patched.setattr("runbench.store.tables.write_predictions", full)
        assert main(arguments) == 5
    assert "linear-seed0.parquet: No space left on device" in capsys.readouterr().err
    assert main(arguments) == 0


def test_a_run_in_use_is_refused(arguments, tmp_path, capsys):
    (tmp_path / "results").mkdir()
    with held(RunFolder(tmp_path / "results" / NAME)):
        assert main(arguments) == 4
    assert "is in use by process" in capsys.readouterr().err


def test_folders_that_cannot_be_written_are_refused_before_work_starts(arguments, tmp_path, capsys):
    (tmp_path / "results").touch()
    assert main(arguments) == 5
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["list", "suites"], 0),
        (["list", "models"], 0),
        (["--suite", "rotatoin"], 2),
        (["--suite", "rotation", "--models", "nothing"], 2),
        (["--suite", "rotation", "--limit", "0"], 2),
        ([], 2),
    ],
)
def test_answers_that_need_no_torch_come_without_it(words, code):
    done = run_without(["torch", "torchvision", "kornia", "pandas", "seaborn", "matplotlib", "numpy"], words)
    assert done.returncode == code, done.stderr
    assert done.stderr.count("\n") == (1 if code else 0)


@pytest.mark.slow
def test_termination_ends_with_143_and_keeps_what_is_finished(arguments, tmp_path):
    command = [sys.executable, "run_bench.py", *arguments, "--seeds", *map(str, range(20))]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout:
            if "done" in line:
                break
        running.terminate()
        running.stdout.read()
    assert running.returncode == 143
    done = [state for state in states(tmp_path).values() if state == "done"]
    assert 1 <= len(done) < 40


@pytest.mark.slow
def test_killed_while_training_resumes(arguments, tmp_path):
    """Kill -9 at a moment that nobody chose; the tables equal an uninterrupted run's."""
    main(arguments)
    expected = (tmp_path / "results" / NAME / "metrics.parquet").read_bytes()
    elsewhere = [word.replace(str(tmp_path / "results"), str(tmp_path / "other")) for word in arguments]
    with subprocess.Popen(
        [sys.executable, "run_bench.py", *elsewhere], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as running:
        while not list((tmp_path / "other").glob("checkpoints/*")):
            time.sleep(0.01)
        running.kill()
    assert main(elsewhere) == 0
    assert (tmp_path / "other" / NAME / "metrics.parquet").read_bytes() == expected


def test_a_reader_that_goes_away_is_met_with_silence():
    command = f"{sys.executable} run_bench.py list models --json | head -c 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
