from dataclasses import replace

import numpy as np
import pytest

from fixtures.suite_tables import DEGREES, figure_of, notes_of, several, with_arrays
from runbench.report.figures.capsules.coupling import coupling
from runbench.store.introspection import Lattice


def test_rows_sum_up_the_positions_at_both_levels(degrees):
    table = figure_of(coupling, degrees).table
    assert table["level"].tolist() == [DEGREES.identity, DEGREES.levels[-1]] * 4
    assert table["highest"].tolist() == pytest.approx([0.45, 0.3] * 4)
    assert table["lowest"].tolist() == pytest.approx([0.1] * 8)
    assert table["mean"].tolist() == pytest.approx([(6 * 0.45 + 30 * 0.1) / 36, (3 * 0.3 + 33 * 0.1) / 36] * 4)


def test_the_lattice_places_the_map(degrees):
    assert "stretched over the whole image" in figure_of(coupling, degrees).caption
    shown = degrees.samples.introspections
    capsnet = replace(shown["capsnet"], lattice=Lattice(np.array([2.0, 8.0])))
    placed = replace(degrees, samples=replace(degrees.samples, introspections={**shown, "capsnet": capsnet}))
    caption = figure_of(coupling, placed).caption
    assert "has its centre" in caption
    assert "stretched" not in caption


def test_a_set_shows_its_one_level(degrees, images_set):
    both = "each sample at the identity (rotation angle 0) and at 60"
    assert both in figure_of(coupling, degrees).caption
    assert "at each position: samples." in figure_of(coupling, images_set).caption


def test_a_model_of_other_levels_cannot_stand_below_the_same_images(degrees):
    tables = several(degrees, "capsnet", ("second",))
    assert set(figure_of(coupling, tables).table["model"]) == {"capsnet", "second"}
    other = with_arrays(tables, "second", "coupling", coupling_levels=np.array([0.0, -30.0]))
    assert set(figure_of(coupling, other).table["model"]) == {"capsnet"}


def test_models_beyond_the_first_are_named(degrees):
    tables = several(degrees, "capsnet", ("second", "third", "fourth"))
    (said,) = notes_of(coupling, tables)
    assert said.endswith("left out: fourth.")


def test_a_model_that_stores_no_coupling_has_no_figure(degrees):
    capsnet = replace(degrees.samples.introspections["capsnet"], coupling=None)
    assert not list(coupling(replace(degrees, samples=replace(degrees.samples, introspections={"c": capsnet}))))
