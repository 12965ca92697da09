from dataclasses import replace

import numpy as np
import pytest

from fixtures.suite_tables import several
from runbench.report.figures import introspection
from runbench.report.figures.introspection import MOST_MODELS


def test_models_belong_to_the_family_whose_parts_they_have(degrees):
    assert list(introspection.transformers(degrees.samples)) == ["stn"]
    assert list(introspection.capsules(degrees.samples)) == ["capsnet"]
    assert list(introspection.learning(degrees.samples)) == ["stn"]
    assert list(introspection.reconstructions(degrees.samples)) == ["capsnet"]
    assert list(introspection.dimensions(degrees.samples)) == ["capsnet"]


def test_only_the_first_of_a_family_are_shown_and_the_others_named(degrees):
    further = [f"stn-{place}" for place in range(MOST_MODELS)]
    samples = several(degrees, "stn", further).samples
    assert list(introspection.transformers(samples)) == ["stn", "stn-0", "stn-1"]
    (said,) = introspection.left_out(samples, lambda model: model.transforms)
    assert said == f"Shown are the first {MOST_MODELS} models in the run's order; left out: stn-2."
    assert not list(introspection.left_out(degrees.samples, lambda model: model.transforms))


def test_one_epoch_is_no_training(degrees):
    stn = degrees.samples.introspections["stn"]
    first = replace(
        stn.learning,
        theta_epochs=stn.learning.theta_epochs[:1],
        theta_by_epoch=stn.learning.theta_by_epoch[:1],
        attended_by_epoch=stn.learning.attended_by_epoch[:1],
    )
    samples = replace(degrees.samples, introspections={"stn": replace(stn, learning=first)})
    assert introspection.learning(samples) == {}


def test_arrays_are_the_same_only_to_the_last_number(degrees):
    group = degrees.samples.introspections["stn"].learning
    moved = group.theta_by_epoch.copy()
    moved.flat[-1] += 1e-3
    keys = introspection.same_arrays({"stn": group})
    assert introspection.same_arrays({"stn": replace(group, theta_by_epoch=group.theta_by_epoch.copy())}) == keys
    assert introspection.same_arrays({"stn": replace(group, theta_by_epoch=moved)}) != keys
    assert introspection.same_arrays({"other": group})["other"] != keys["stn"]


def test_the_earlier_suite_is_named_for_what_it_shows(degrees, pairs):
    """Both suites watched the same training; their reconstructions are of unlike images."""
    earlier = dict.fromkeys(introspection.drawn_once(degrees.samples), "degrees")
    training = introspection.same_arrays(introspection.learning(pairs.samples))
    drawings = introspection.same_arrays(introspection.reconstructions(pairs.samples))
    assert introspection.elsewhere(training, earlier) == {"stn": "degrees"}
    assert introspection.elsewhere(drawings, earlier) == {}
    assert list(introspection.shown_elsewhere("Training", {"stn": "degrees"})) == [
        "Training of stn under degrees."
    ]
    assert not list(introspection.shown_elsewhere("Training", {}))


@pytest.mark.parametrize(
    ("count", "most", "expected"), [(10, 4, [0, 3, 6, 9]), (2, 4, [0, 1]), (1, 4, [0]), (9, 2, [0, 8])]
)
def test_places_are_evenly_apart(count, most, expected):
    assert introspection.even_places(count, most) == expected
    assert np.diff(expected, 2).tolist() == [0] * max(len(expected) - 2, 0)


def test_rows_of_models_stand_one_below_the_other_with_their_model_in_front():
    table = introspection.rows_of_models({"one": [1, 2], "two": [3]}, lambda group: {"value": group, "kind": "x"})
    assert list(table.columns) == ["model", "value", "kind"]
    assert table.to_numpy().tolist() == [["one", 1, "x"], ["one", 2, "x"], ["two", 3, "x"]]
    assert table.index.tolist() == [0, 1, 2]
