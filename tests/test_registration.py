"""An installed package registers what it brings, from outside, through entry points."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ENTRY_POINTS = """
    [runbench.models]
    outside = outsider.network

    [runbench.suites]
    outside = outsider.suite:SLIGHT
"""

FILES = {
    "outsider-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: outsider\nVersion: 1.0\n",
    "outsider-1.0.dist-info/entry_points.txt": ENTRY_POINTS,
    "outsider/__init__.py": "",
    "outsider/network.py": """
        from torch import nn
        import runbench as rb

        @rb.register_model("outside", regime="clean")
        def build(in_channels, num_classes, image_size, preset):
            "Weigh every pixel."
            height, width = image_size
            return nn.Sequential(nn.Flatten(), nn.Linear(in_channels * height * width, num_classes))
    """,
    "outsider/turn.py": """
        from runbench.transforms.geometric import Rotation

        def turn(level):
            return Rotation(level)
    """,
    "outsider/suite.py": """
        import runbench as rb

        SLIGHT = rb.register_suite(
            rb.Suite(
                name="slight-turns",
                question="What happens when the object turns a little?",
                axis="rotation angle",
                unit="degrees",
                transform="outsider.turn:turn",
                levels=(-10.0, 0.0, 10.0),
                identity=0.0,
                training_range=(-5.0, 5.0),
                canvas=28,
                domain=(-45.0, 45.0),
            )
        )
    """,
}


@pytest.fixture
def installed(tmp_path) -> Path:
    """Make a folder that holds an installed distribution with entry points, as pip leaves it."""
    folder = tmp_path / "site-packages"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text), encoding="utf-8")
    return folder


def run_bench(installed: Path, *words: str) -> str:
    """Run the command line where the distribution is installed; it must succeed and complain about nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "runbench", *words],
        cwd=installed.parent,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def test_what_an_installed_package_brings_is_listed(installed):
    listed = run_bench(installed, "list")
    for name in ("outside ", "slight-turns "):
        assert f"\n  {name}" in listed


@pytest.mark.slow
def test_what_an_installed_package_brings_is_measured(installed):
    words = ("--preset", "smoke", "--limit", "20", "--threads", "1", "--device", "cpu", "--name", "mine")
    printed = run_bench(installed, "--suite", "slight-turns", "--models", "outside", *words)
    assert "slight-turns/outside-seed0 done" in printed
