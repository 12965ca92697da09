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


def test_a_cell_takes_its_epochs_and_three_passes_a_level(plan, timed):
    first, second = estimate(plan)
    # of each test image an answer, and features of the image and of what is moved back
    assert first.sweep == second.sweep == pytest.approx(FORWARD * LEVELS * 3 * IMAGES)
    assert first.training == second.training == pytest.approx(STEP * EPOCHS * TRAINING)
    assert first.remark == "train 2 epochs; measure"


def test_a_network_is_timed_once_and_a_training_counted_once(plan, timed):
    again = replace(plan, cells=(plan.cells[0], plan.cells[0]))
    first, second = estimate(again)
    assert len(timed) == 1
    assert (second.training, second.remark) == (0, "trained already; measure")
    assert second.sweep == first.sweep


def test_what_is_stored_or_given_takes_no_training(plan, timed, tmp_path):
    stored, open_ = plan.cells
    weights = {open_.cell.model.name: tmp_path / "mine.safetensors"}
    given = replace(plan, configuration=replace(plan.configuration, weights=weights))
    kept, measured = estimate(replace(given, cells=(replace(stored, stored=True), open_)))
    assert (kept.training, kept.sweep, kept.remark) == (0, 0, "stored already")
    assert (measured.training, measured.remark) == (0, "measure the given weights")


def test_what_cannot_be_built_says_why(plan, monkeypatch):
    def broken(plan, planned):
        raise ValueError("no such layer")

    monkeypatch.setattr(estimating, "_time_batches", broken)
    assert {part.remark for part in estimate(plan)} == {"cannot be built: ValueError: no such layer"}


def test_batches_are_timed_of_the_network_itself(plan):
    for part in estimate(plan):
        assert 0 < part.sweep < 60
        assert 0 < part.training < 60
