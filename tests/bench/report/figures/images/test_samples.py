import json
from pathlib import Path

import pytest

from fixtures.synthetic import BREAK, COVER, STREWN, TURN, write_run
from runbench import plots
from runbench.report.page import RunReport, compose
from runbench.store import files
from runbench.store.run import read_run


def one_model(folder: Path) -> Path:
    return write_run(folder, models=("stn",), suites=(TURN,), images=20)


@pytest.fixture
def small(tmp_path):
    """A run of one model on few levels, which a test may damage."""
    return one_model(tmp_path / "results" / "small")


def composed(folder: Path) -> RunReport:
    """What the report says and draws, before anything is written."""
    with plots.figure_style():
        return compose(read_run(folder))


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    """A run of three kinds of suite: parts and pairs along an axis, and a set of pairs."""
    folder = tmp_path_factory.mktemp("kinds") / "kinds"
    return write_run(folder, models=("baseline", "stn"), suites=(BREAK, COVER, STREWN), images=60)


def test_pairs_among_the_samples_have_both_labels_and_both_answers(kinds):
    table = composed(kinds).sections[2].figures[2].table
    assert list(table.columns[2:7]) == ["label", "label_2", "level", "predicted", "predicted_2"]
    whole = table[table["predicted"] >= 0].iloc[1:]
    assert (whole["predicted"] <= whole["predicted_2"]).all()


def test_class_names_stand_below_the_samples_unless_they_are_the_numbers(small):
    described = json.loads((small / "manifest.json").read_text())

    def caption(*classes):
        described["data"]["classes"] = list(classes)
        files.write_json(small / "manifest.json", described)
        (section,) = composed(small).sections
        return next(shown.caption for shown in section.figures if shown.name == "turn-samples")

    assert "Classes: 0 T-shirt, 1 trouser." in caption("T-shirt", "trouser")
    assert "Classes" not in caption("0", "1")
    assert "Classes" not in caption()
