"""Estimates are batches timed now, times what is still to be done."""

from dataclasses import replace

import pytest

from runbench.pipeline import estimate as estimating
from runbench.pipeline.estimate import estimate
from runbench.pipeline.plan import make_plan

STEP, FORWARD = 0.25, 0.5
LEVELS, IMAGES, TRAINING, EPOCHS = 24, 40, 1000, 2


@pytest.fixture
def timed(monkeypatch):
    """Let every image take STEP in training and FORWARD in evaluation; return which networks were timed."""
    networks = []

    def time_batches(plan, planned):
        networks.append(planned.cell.model.network)
        return STEP, FORWARD

    monkeypatch.setattr(estimating, "_time_batches", time_batches)
    return networks


@pytest.fixture
def plan(configuration):
    return make_plan(configuration, None)


# of each test image an answer, and features of the image and of what is moved back
SWEEP = FORWARD * LEVELS * 3 * IMAGES


def test_a_cell_takes_its_epochs_and_three_passes_a_level(plan, timed):
    for part in estimate(plan):
        assert part.seconds == pytest.approx(STEP * EPOCHS * TRAINING + SWEEP)
        assert part.remark == "train 2 epochs; measure"


def test_a_network_is_timed_once_and_a_training_counted_once(plan, timed):
    _, second = estimate(replace(plan, cells=(plan.cells[0], plan.cells[0])))
    assert len(timed) == 1
    assert (second.seconds, second.remark) == (pytest.approx(SWEEP), "trained already; measure")


def test_what_is_stored_or_given_takes_no_training(plan, timed, tmp_path):
    stored, open_ = plan.cells
    weights = {open_.cell.model.name: tmp_path / "mine.safetensors"}
    given = replace(plan, configuration=replace(plan.configuration, weights=weights))
    kept, measured = estimate(replace(given, cells=(replace(stored, stored=True), open_)))
    assert (kept.seconds, kept.remark) == (0, "stored already")
    assert (measured.seconds, measured.remark) == (pytest.approx(SWEEP), "measure the given weights")


def test_what_cannot_be_built_says_why(plan, monkeypatch):
    def broken(plan, planned):
        raise ValueError("no such layer")

    monkeypatch.setattr(estimating, "_time_batches", broken)
    assert {part.remark for part in estimate(plan)} == {"cannot be built: ValueError: no such layer"}


def test_batches_are_timed_of_the_network_itself(plan):
    for part in estimate(plan):
        assert 0 < part.seconds < 60
