import numpy as np
import pandas as pd
import pytest

from fixtures.cells import scored
from fixtures.claim_worlds import NO_FEATURES, cell, features, row
from runbench.analysis.claims.claim import POINTS, Claim, Part
from runbench.analysis.claims.effects import Greatest, Inside, Mean, Predicted
from runbench.analysis.claims.evidence import gather, levels_wanted

SWEEP = Predicted("scale", "stn", "mean_accuracy")
LEVEL = Predicted("scale", "stn", "accuracy", 0.5)
LAYER = Inside("scale", "stn", "dead_units", "(convolution)")
NETWORK = Inside("scale", "stn", "recovered_correlation")


def claim_of(*effects):
    parts = tuple(Part("", "", effect, "at least", 0.5, POINTS) for effect in effects)
    return [Claim(1, "", parts)]


CLAIMS = claim_of(Mean((SWEEP,)), Mean((LEVEL,)), Mean((NETWORK,)), Greatest(LAYER))


def evidence_of(*cells, inside=NO_FEATURES):
    return gather(CLAIMS, scored(pd.concat(cells), claims=CLAIMS), inside)


def test_only_single_levels_are_asked_for():
    assert levels_wanted(CLAIMS) == {("scale", "stn"): {("accuracy", 0.5)}}


def test_each_seed_brings_the_value_that_its_images_give():
    found = evidence_of(cell("scale", "stn", (1, 0.5)), cell("scale", "stn", (1, 0.25), seed=3))
    assert found.run == {("scale", "stn"): {0, 3}}
    assert {seed: sample.values[0] for seed, sample in found.samples[LEVEL].items()} == {0: 0.5, 3: 0.25}
    assert found.samples[SWEEP].keys() == {0, 3}


def test_cells_that_no_claim_needs_are_passed_over():
    found = evidence_of(cell("scale", "baseline", (1, 0.5)), cell("rotation", "stn", (1, 0.5)))
    assert (found.run, found.samples[SWEEP], found.elsewhere) == ({}, {}, frozenset())


def test_a_sweep_at_other_levels_answers_another_question():
    inside = features(row("scale", "stn", "recovered_correlation", None, 0.9))
    found = evidence_of(cell("scale", "stn", (1, 0.5), levels=(0.5, 1.0)), inside=inside)
    assert found.elsewhere == {("scale", "stn")}
    assert found.run == {}
    assert all(not samples for samples in found.samples.values())


@pytest.fixture
def inside():
    return features(
        row("scale", "stn", "dead_units", "first (convolution)", 0.1),
        row("scale", "stn", "dead_units", "second (convolution)", 0.3),
        row("scale", "stn", "dead_units", "third (pooling)", 0.9),
        row("scale", "stn", "recovered_correlation", None, 0.7),
        row("scale", "stn", "recovered_correlation", "third (pooling)", 0.2),
        row("scale", "baseline", "recovered_correlation", None, 0.1),
    )


def test_features_are_those_of_the_layers_that_end_alike_the_last_of_them_or_of_the_network(inside):
    found = evidence_of(cell("scale", "stn", (1, 0.5)), inside=inside)
    assert found.rows[LAYER]["value"].tolist() == [0.1, 0.3]
    assert found.samples[LAYER][0].values[0] == pytest.approx(0.3)
    assert found.samples[NETWORK][0].values[0] == pytest.approx(0.7)
    assert found.samples[NETWORK][0].count == 64


def test_features_without_resamples_or_cell_bring_none(inside):
    without = inside.assign(resamples=None)
    assert evidence_of(cell("scale", "stn", (1, 0.5)), inside=without).samples[NETWORK] == {}
    another = inside.assign(seed=5)
    assert evidence_of(cell("scale", "stn", (1, 0.5)), inside=another).samples[NETWORK] == {}


def test_a_number_that_is_not_finite_is_no_sample():
    found = evidence_of(cell("scale", "stn", (1, 0.5)))
    assert np.isfinite([sample.values[0] for sample in found.samples[SWEEP].values()]).all()
    assert found.samples[NETWORK] == {}
