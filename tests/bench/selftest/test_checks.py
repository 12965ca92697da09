from functools import partial

import numpy as np
import pytest
import torch

from runbench.cli.main import main
from runbench.cli.selftest_text import render_section
from runbench.metrics.predictions.consistency import agreement
from runbench.progress import silent
from runbench.selftest import selftest
from runbench.selftest.checks import Check, Section
from runbench.selftest.conditions import Near
from runbench.selftest.known_answers import CASES
from runbench.selftest.subjects import NETWORKS
from runbench.transforms.lattice import Lattice

pytestmark = pytest.mark.slow


def of(network, suite):
    """Return the known-answer case of a network on a suite, alone."""
    return tuple(one for one in CASES if (one.network, one.suite) == (network, suite))


@pytest.fixture
def short(monkeypatch):
    """Let the command line check one network on one suite."""

    def only(network, suite):
        monkeypatch.setattr("runbench.selftest.selftest", partial(selftest, cases=of(network, suite)))

    return only


@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one.network}-{one.suite}")
def test_what_comes_out_is_what_must(case):
    *_, section = selftest(silent, examples=(), cases=[case])
    assert [check.what for check in section.checks if not check.right] == []
    assert len(section.checks) == len(case.answers)


def test_worked_examples_come_out():
    (section,) = selftest(silent, cases=())
    assert [check.what for check in section.checks if not check.right] == []
    assert section.checks


def misplaced(layer):
    pitch, first, last = layer.reach
    return Lattice(*layer.shape[-2:], pitch=float(pitch), offset=(first + last) / 2 + 0.5)


def always(predicted, identity):
    return np.ones_like(agreement(predicted, identity))


def of_the_next(probabilities, sought):
    return (probabilities.argmax(axis=-1, keepdims=True) + 1) % probabilities.shape[-1]


def backwards(change, size):
    return torch.linalg.inv(change)


def at_nothing(values):
    return torch.zeros(values.shape[1])


def equally_spaced(curves, levels):
    return np.trapezoid(curves, axis=1) / (len(levels) - 1)


BROKEN = [
    (
        "runbench.evaluation.layers.Layer.lattice",
        property(misplaced),
        ("quarter-turns", "rotation"),
        "exact_equivariance_error",
    ),
    ("runbench.metrics.predictions.consistency.agreement", always, ("dice", "rotation"), "consistency"),
    ("runbench.evaluation.predictions.predicted_classes", of_the_next, ("constant", "rotation"), "mean_accuracy"),
    (
        "runbench.metrics.features.canonicalisation.normalised",
        backwards,
        ("moments", "rotation"),
        "canonicalisation_error",
    ),
    (
        "runbench.evaluation.features.orbits.thresholds_of",
        at_nothing,
        ("bag-of-pixels", "parts-apart"),
        "firing_ratio",
    ),
    (
        "runbench.metrics.predictions.accuracy.area_under_curve",
        equally_spaced,
        ("places", "translation"),
        "area of a triangle",
    ),
]


@pytest.mark.parametrize(("function", "wrong", "seen_by", "what"), BROKEN, ids=[one[0] for one in BROKEN])
def test_a_wrong_metric_is_seen(function, wrong, seen_by, what, monkeypatch, short, capsys):
    monkeypatch.setattr(function, wrong)
    short(*seen_by)
    assert main(["selftest"]) == 3
    out, err = capsys.readouterr()
    assert any(row.strip().startswith(what) and row.endswith("WRONG") for row in out.splitlines())
    assert what in err
    counted = out.splitlines()[-1].split()
    assert int(counted[0]) < int(counted[2])


def test_right_metrics_end_with_the_count_and_exit_code_0(short, capsys):
    short("places", "translation")
    assert main(["selftest"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    rows = out.splitlines()
    count = sum(row.endswith(" ok") for row in rows)
    assert rows[-1] == f"{count} of {count} answers are as they must be"
    assert "places, translation" in out
    assert max(map(len, rows)) <= 100


def test_quiet_says_only_what_is_wrong(short, capsys, monkeypatch):
    short("places", "translation")
    assert main(["selftest", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("runbench.statistics.mcnemar_exact", lambda first, second: 0.5)
    assert main(["selftest", "--quiet"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "exact McNemar of 1 against 9 must be 0.02148 and is 0.5" in err


def test_every_title_and_row_fits_into_100_columns():
    for case in CASES:
        checks = tuple(
            Check(f"{answer.what} of {answer.layer}", answer.must, -1.2345e-16, right=False, why=answer.why)
            for answer in case.answers
        )
        title = f"{case.network}, {case.suite}: the network {NETWORKS[case.network].summary}"
        assert max(map(len, render_section(Section(title, checks)).splitlines())) <= 100


def test_a_missing_number_is_no_row():
    section = Section("title", (Check("kappa", Near(1.0), float("nan"), right=False, why="why"),))
    assert render_section(section).splitlines()[1].split() == ["kappa", "1", "no", "row", "WRONG"]
