"""An installed package registers what it brings, from outside, through entry points."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import runbench as rb

ENTRY_POINTS = """
    [runbench.models]
    outside = outsider.network

    [runbench.suites]
    outside = outsider.suite:SLIGHT

    [runbench.datasets]
    outside = outsider.images:SQUARES

    [runbench.metrics]
    outside = outsider.metric:LAST

    [runbench.feature_metrics]
    outside = outsider.measure:Brightness

    [runbench.figures]
    outside = outsider.figure
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
    "outsider/images.py": """
        import runbench as rb

        SQUARES = rb.register_dataset(
            rb.DatasetSpec(
                name="squares",
                summary="a bright square, left or right",
                load="outsider.images:load",
                classes=("left", "right"),
                extent=20,
            )
        )

        def load(folder):
            import torch
            from runbench.data.loading import Split

            labels = torch.arange(60) % 2
            images = torch.zeros(60, 1, 28, 28, dtype=torch.uint8)
            for image, label in zip(images, labels):
                image[0, 10:18, 4 + 12 * label : 12 + 12 * label] = 255
            everything = Split(images, labels)
            return everything, everything, everything
    """,
    "outsider/metric.py": """
        import runbench as rb

        def at_the_last_level(selection):
            values = selection.at_levels(selection.accuracy)
            return values

        LAST = rb.register_metric(
            rb.Metric(
                name="accuracy_again",
                title="accuracy, again",
                over="level",
                unit="share",
                better="higher",
                definition="The accuracy once more.",
                compute=at_the_last_level,
            )
        )
    """,
    "outsider/measure.py": """
        import runbench as rb

        rb.register_metric(
            rb.Metric(
                name="brightness",
                title="brightness",
                over="level",
                of="network",
                better="neither",
                definition="The mean of the pixels that the network sees.",
            )
        )

        @rb.register_feature_metric
        class Brightness(rb.FeatureMetric):
            @classmethod
            def of(cls, subject):
                return cls()

            def __init__(self):
                self.pixels = {}

            def update(self, batch, view):
                self.pixels.setdefault(view.transform.level, []).append(view.images.mean().item())

            def compute(self):
                for level, means in self.pixels.items():
                    value = sum(means) / len(means)
                    yield {"metric": "brightness", "layer": None, "level": level, "value": value, "count": 20}
    """,
    "outsider/figure.py": """
        from functools import partial
        from matplotlib.figure import Figure
        import runbench as rb

        @rb.register_figure("bars", order=5)
        def bars(tables):
            shares = tables.curves("accuracy")
            name = f"{tables.suite.name}-bars"
            yield rb.ReportFigure(name, "Bars from outside", "A bar a row.", partial(draw, shares), shares)
            yield "A note from outside."

        def draw(shares):
            figure = Figure()
            figure.subplots().bar(range(len(shares)), shares["value"])
            return figure
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


@pytest.mark.slow
def test_what_an_installed_package_brings_is_listed(installed):
    listed = run_bench(installed, "list")
    for name in ("outside ", "slight-turns ", "squares ", "accuracy_again ", "brightness "):
        assert f"\n  {name}" in listed


@pytest.mark.slow
def test_what_an_installed_package_brings_is_measured(installed):
    words = ("--preset", "smoke", "--limit", "20", "--threads", "1", "--device", "cpu", "--name", "mine")
    named = ("--suite", "slight-turns", "--models", "outside", "--dataset", "squares")
    assert "slight-turns/outside-seed0 done" in run_bench(installed, *named, *words)
    run = rb.open_run(installed.parent / "results" / "mine")
    numbers = run.metrics[run.metrics["subset"] == "all"].pivot(index="level", columns="metric", values="value")
    again = numbers["accuracy_again"].dropna()
    assert again.to_dict() == numbers["accuracy"][again.index].to_dict()
    assert again.index.tolist() == [-10.0, 0.0, 10.0]
    assert run.suites["slight-turns"].levels == (-10.0, 0.0, 10.0)
    assert run.classes == ("left", "right")
    brightness = run.features("slight-turns", "outside", seed=0).query("metric == 'brightness'")
    # Whatever its angle, an object of 8 by 8 pixels at full brightness fills 64 of 28 * 28
    assert brightness.set_index("level")["value"].to_dict() == pytest.approx(
        dict.fromkeys((-10.0, 0.0, 10.0), 64 / 28**2), rel=0.02
    )
    page = (installed.parent / "reports" / "mine" / "report.md").read_text(encoding="utf-8")
    assert "![Bars from outside](figures/slight-turns-bars.png)" in page
    assert "A note from outside." in page
