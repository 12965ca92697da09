"""The command calls itself by the name that it was called by."""

import subprocess
import sys
from pathlib import Path

import pytest

import runbench
from runbench.cli.main import command_of

ROOT = Path(__file__).parents[2]
DOORS = {
    "run-bench": [str(Path(sys.executable).with_name("run-bench"))],
    "python run_bench.py": [sys.executable, "run_bench.py"],
    "python -m runbench": [sys.executable, "-m", "runbench"],
}


@pytest.mark.parametrize(("command", "words"), DOORS.items(), ids=DOORS)
def test_usage_errors_and_hints_name_the_command_as_it_was_called(command, words):
    asked = subprocess.run([*words, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert asked.stdout.startswith(f"usage: {command} ")
    refused = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert refused.returncode == 2
    assert refused.stderr == (f"{command}: name a suite, such as rotation; see '{command} list suites'\n")


@pytest.mark.parametrize(
    ("program", "command"),
    [
        ("/usr/bin/run-bench", "run-bench"),
        ("run_bench.py", "python run_bench.py"),
        ("../checkout/run_bench.py", "python ../checkout/run_bench.py"),
        (str(Path(runbench.__file__).with_name("__main__.py")), "python -m runbench"),
        ("/site-packages/pytest/__main__.py", "run-bench"),
        ("-c", "run-bench"),
        ("", "run-bench"),
    ],
)
def test_the_command_is_read_from_the_program(program, command):
    assert command_of(program) == command
