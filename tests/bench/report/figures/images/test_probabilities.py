from dataclasses import replace

import numpy as np
import pytest

from fixtures.shown import probability_arrays, sample_arrays
from fixtures.suite_tables import DEGREES, SHOWN, drawn, figure_of
from fixtures.suites import COVER
from runbench.report.figures.images.probabilities import MOST_CLASSES, probabilities
from runbench.store.introspection import Probabilities


def with_probabilities(tables, shares):
    """Return the tables with other probabilities, (S, L, C), of the first model alone."""
    (name, model) = next(iter(tables.samples.introspections.items()))
    shown = {name: replace(model, probabilities=Probabilities(shares))}
    return replace(tables, samples=replace(tables.samples, introspections=shown))


def shares_of(tables, classes):
    """Return probabilities of so many classes, the last ones the likeliest."""
    weights = np.broadcast_to(np.arange(1.0, classes + 1), (*tables.samples.images.shape[:2], classes))
    return (weights / weights.sum(axis=2, keepdims=True)).astype(np.float32)


def test_the_three_is_shown_at_every_level_with_every_model_and_class(degrees):
    table = figure_of(probabilities, degrees).table
    assert set(table["sample"]) == {3}
    assert list(dict.fromkeys(table["model"])) == list(SHOWN)
    assert len(table) == len(SHOWN) * len(DEGREES.levels) * 10
    sums = table.groupby(["model", "level"])["probability"].sum()
    assert sums.tolist() == pytest.approx([1] * len(sums))


def test_rows_are_the_stored_probabilities(degrees):
    table = figure_of(probabilities, degrees).table
    expected = probability_arrays(DEGREES, sample_arrays(DEGREES)["labels"])["probabilities"][3]
    cells = table[table["model"] == "stn"].pivot_table(index="level", columns="class", values="probability")
    assert cells.to_numpy() == pytest.approx(expected)


def test_a_pair_with_a_three_stands_for_pairs(pairs):
    shown = figure_of(probabilities, pairs)
    labels = sample_arrays(COVER)["labels"]
    first = next(place for place, pair in enumerate(labels) if 3 in pair)
    assert set(shown.table["sample"]) == {first}
    assert f"the image's own classes ({labels[first][0]}, {labels[first][1]}) in a frame" in shown.caption


def test_classes_have_their_names_where_these_are_stored(degrees):
    names = tuple("abcdefghij")
    assert "own class (d)" in figure_of(probabilities, replace(degrees, classes=names)).caption
    assert "own class (3)" in figure_of(probabilities, replace(degrees, classes=names[:4])).caption


def test_of_many_classes_the_own_and_the_likeliest_are_drawn(degrees):
    count = 2 * MOST_CLASSES
    shown = figure_of(probabilities, with_probabilities(degrees, shares_of(degrees, count)))
    assert f"Of {count} classes those are shown that gain most" in shown.caption
    assert set(shown.table["class"]) == set(range(count))
    written = [text.get_text() for axes in drawn(shown).axes for text in axes.get_yticklabels()]
    expected = {"3", *map(str, range(count - MOST_CLASSES + 1, count))}
    assert {text for text in written if text.isdigit()} == expected


def test_levels_without_finite_scores_are_named(degrees):
    shares = shares_of(degrees, 10)
    assert "pale brown" not in figure_of(probabilities, with_probabilities(degrees, shares)).caption
    shares[3, 1] = np.nan
    assert "pale brown" in figure_of(probabilities, with_probabilities(degrees, shares)).caption


def test_models_of_unlike_classes_cannot_stand_together(degrees):
    shown = dict(degrees.samples.introspections)
    shown["stn"] = replace(shown["stn"], probabilities=Probabilities(shares_of(degrees, 4)))
    unlike = replace(degrees, samples=replace(degrees.samples, introspections=shown))
    assert not list(probabilities(unlike))
