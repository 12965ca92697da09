import numpy as np
import pandas as pd
import pytest
from scipy import stats

from fixtures.claim_worlds import IMAGES, NO_COSTS, NO_FEATURES, cell, decided, features, predictions, row
from fixtures.costs import cost_rows
from fixtures.suites import CLASSES
from runbench.analysis.claims.claim import POINTS, Claim, Part
from runbench.analysis.claims.definitions import CLAIMS, PARTS
from runbench.analysis.claims.effects import Difference, Predicted
from runbench.store import schemas
from runbench.suites import SUITES

GOOD, BAD = (0.95, 0.95), (0.98, 0.40)
DIGITS = ("rotation", "scale")
BRIEF = "parts-exchange"
"""A suite of few levels, which is quick to score."""


def verdicts(number, shares, *rows):
    """Return the rows of one claim."""
    table = decided(predictions(shares), features(*rows), NO_COSTS, [CLAIMS[number]])
    assert list(table.columns) == schemas.CLAIMS.names
    assert len(table) == len(CLAIMS[number].parts)
    assert len(set(table["claim_verdict"])) == 1
    return table


def verdict(number, shares, *rows):
    return verdicts(number, shares, *rows)["claim_verdict"].iloc[0]


@pytest.mark.parametrize("number", CLAIMS)
def test_without_the_runs_nothing_is_tested_and_it_is_said_what_lacks(number):
    table = verdicts(number, {("noise", "baseline"): GOOD})
    assert set(table["verdict"]) == {"not tested"}
    assert table[["effect", "low", "high"]].isna().all(axis=None)
    for part, note in zip(CLAIMS[number].parts, table["note"], strict=True):
        assert note.startswith("not run: ")
        assert all(suite in note and model in note for suite, model in part.effect.suite_models)


@pytest.mark.parametrize(
    ("errors", "expected"),
    [((1e-7, 3e-7), "supported"), ((1e-7, 1e-2), "refuted"), ((1e-7, 9e-5), "undecided")],
)
def test_1_the_worst_convolution_at_the_worst_level_counts(errors, expected):
    rows = [
        row("translation", "baseline", "exact_equivariance_error", f"features.{place} (convolution)", error)
        | {"level": 2.0, "low": 0.8 * error, "high": 1.2 * error}
        for place, error in zip((0, 4), errors, strict=True)
    ]
    pooling = row("translation", "baseline", "exact_equivariance_error", "features.1 (pooling)", 9.0)
    table = verdicts(1, {("translation", "baseline"): GOOD}, *rows, pooling | {"level": 2.0})
    assert table["verdict"].iloc[0] == expected
    assert table.loc[0, ["effect", "low", "high"]].tolist() == pytest.approx(
        [max(errors), 0.8 * max(errors), 1.2 * max(errors)]
    )


def test_2_pooling_against_none_at_one_and_two_pixels():
    steady, fickle = (1.0, 0.99), (1.0, 0.9)
    table = verdicts(2, {("translation", "baseline"): steady, ("translation", "cnn-stride"): fickle})
    assert table["effect"].tolist() == pytest.approx([9.0, 9.0])
    assert table["part"].tolist() == ["1 px", "2 px"]
    assert set(table["verdict"]) == {"supported"}
    assert verdict(2, {("translation", "baseline"): steady, ("translation", "cnn-stride"): steady}) == "refuted"


@pytest.mark.parametrize(("number", "suite"), [(3, "rotation"), (4, "scale")])
def test_3_and_4_the_identity_against_the_sweep(number, suite):
    table = verdicts(number, {(suite, "baseline"): BAD})
    others = len(SUITES[suite].levels) - 1
    assert table["effect"].iloc[0] == pytest.approx(100 * (0.98 - 0.40) * others / (others + 1))
    assert table["verdict"].iloc[0] == "supported"
    assert verdict(number, {(suite, "baseline"): GOOD}) == "refuted"


def test_5_augmentation_gains_and_is_consistent():
    shares = {(suite, model): BAD for suite in DIGITS for model in ("baseline",)}
    gained = shares | {(suite, "augmented"): GOOD for suite in DIGITS}
    assert verdict(5, gained) == "supported"
    fickle = gained | {("scale", "augmented"): (0.98, 0.80)}
    table = verdicts(5, fickle).set_index("part")
    assert table.loc["scale, consistency", "effect"] == pytest.approx(82)
    assert table.loc["scale, consistency", "verdict"] == "refuted"
    assert table.loc["scale, accuracy", "verdict"] == "supported"
    assert set(table["claim_verdict"]) == {"refuted"}


def test_6_displaced_parts_and_confidence_in_exchanged_ones():
    levels = np.asarray(SUITES["parts-exchange"].levels)
    apart = cell("parts-apart", "baseline", BAD)
    for sureness, expected, area in ((np.full(len(levels), 0.9), "supported", 0.5), (1 - levels, "refuted", 1.0)):
        confidence = np.broadcast_to(sureness, (IMAGES, len(levels)))
        exchanged = cell("parts-exchange", "baseline", GOOD, confidence=confidence)
        table = decided(pd.concat([apart, exchanged]), NO_FEATURES, NO_COSTS, [CLAIMS[6]]).set_index("part")
        assert table.loc["displacement", "effect"] == pytest.approx(58)
        assert table.loc["arrangement", "effect"] == pytest.approx(area)
        assert table.loc["arrangement", "verdict"] == expected
        assert set(table["claim_verdict"]) == {expected}


def test_7_needs_rotation_and_scale():
    both = {(suite, model): GOOD for suite in DIGITS for model in ("stn", "augmented")}
    better = {(suite, "stn"): (0.99, 0.99) for suite in DIGITS}
    assert verdict(7, both | better) == "supported"
    assert verdict(7, both) == "refuted"
    one = {pair: share for pair, share in (both | better).items() if pair[0] == "rotation"}
    table = verdicts(7, one)
    assert table["verdict"].tolist() == ["supported", "not tested"]
    assert table["note"].iloc[1] == "not run: stn, augmented on scale"
    assert set(table["claim_verdict"]) == {"undecided"}


@pytest.mark.parametrize(("value", "expected"), [(0.97, "supported"), (0.5, "refuted"), (0.9, "undecided")])
def test_8_theta_is_read_from_the_network(value, expected):
    shares = {(suite, "stn"): GOOD for suite in DIGITS}
    rows = [row(suite, "stn", "recovered_correlation", None, value) for suite in DIGITS]
    table = verdicts(8, shares, *rows)
    assert table["effect"].tolist() == pytest.approx([value, value])
    assert table["claim_verdict"].iloc[0] == expected
    assert verdict(8, shares) == "not tested"


@pytest.mark.parametrize(("length", "expected"), [(0.2, "supported"), (0.6, "refuted")])
def test_9_lengths_as_probabilities_of_presence(length, expected):
    frame = cell("overlap", "capsnet-augmented", GOOD)
    frame = frame.assign(probabilities=[np.full(CLASSES, length, dtype=np.float32)] * len(frame))
    found = decided(frame, NO_FEATURES, NO_COSTS, [CLAIMS[9]]).iloc[0]
    # Two of ten classes are there: that often a capsule of any length is right
    assert found["effect"] == pytest.approx(abs(length - 0.2), abs=1e-6)
    assert found["verdict"] == expected


@pytest.mark.slow
@pytest.mark.parametrize(("capsules", "expected"), [(0.8, "supported"), (0.5, "refuted"), (0.55, "undecided")])
def test_10_the_last_capsules_against_the_penultimate_layer_of_the_same_regime(capsules, expected):
    pairs = {"capsnet": "baseline", "capsnet-augmented": "augmented"}
    shares = {(suite, model): GOOD for suite in DIGITS for pair in pairs.items() for model in pair}
    measure = "pose_decodability_equal_width"
    rows = []
    for suite in DIGITS:
        for model, other in pairs.items():
            rows += [
                row(suite, model, measure, "primary (capsules)", 0.1),
                row(suite, model, measure, "routing (capsules)", capsules),
                row(suite, other, measure, "penultimate", 0.5),
            ]
    table = verdicts(10, shares, *rows)
    assert table["effect"].tolist() == pytest.approx([capsules - 0.5] * 4)
    assert table["claim_verdict"].iloc[0] == expected


def test_11_takes_the_mean_of_the_suites_of_parts():
    shares = {(suite, "augmented"): (0.9, 0.9) for suite in PARTS}
    gains = dict(zip(PARTS, (0.02, 0.04, 0.09), strict=True))
    shares |= {(suite, "capsnet-augmented"): (0.9 + gain, 0.9 + gain) for suite, gain in gains.items()}
    table = verdicts(11, shares)
    assert table["effect"].iloc[0] == pytest.approx(5.0)
    assert table["verdict"].iloc[0] == "supported"
    assert verdict(11, shares | {(suite, "capsnet-augmented"): (0.9, 0.9) for suite in PARTS}) == "refuted"


def test_12_counts_pairs_of_which_both_are_found():
    shares = {("overlap", "augmented"): (0.7, 0.7), ("overlap", "capsnet-augmented"): (0.8, 0.8)}
    table = verdicts(12, shares)
    assert table["effect"].iloc[0] == pytest.approx(10)
    assert table["verdict"].iloc[0] == "supported"
    assert verdict(12, shares | {("overlap", "capsnet-augmented"): (0.7, 0.7)}) == "refuted"


def test_13_one_suite_where_routing_does_not_matter_refutes_it():
    suites = ("rotation", "affine", "overlap")
    uniform = {(suite, "capsnet-uniform-augmented"): (0.8, 0.8) for suite in suites}
    routed = {(suite, "capsnet-augmented"): (0.9, 0.9) for suite in suites}
    assert verdict(13, uniform | routed) == "supported"
    assert verdict(13, uniform | routed | {("affine", "capsnet-augmented"): (0.8, 0.8)}) == "refuted"


def made_up(margin):
    effect = Difference((Predicted(BRIEF, "a", "mean_accuracy"),), (Predicted(BRIEF, "b", "mean_accuracy"),))
    return Claim(99, "a is better", (Part("", "accuracy", effect, "at least", margin, POINTS),))


def decided_one(claim, frames, costs=NO_COSTS):
    return decided(pd.concat(frames), NO_FEATURES, costs, [claim]).iloc[0]


@pytest.mark.parametrize(("margin", "expected"), [(0.5, "supported"), (10, "undecided"), (20, "refuted")])
def test_the_interval_is_that_of_the_paired_difference(margin, expected):
    frames = [cell(BRIEF, "a", (0.6, 0.6)), cell(BRIEF, "b", (0.5, 0.5))]
    found = decided_one(made_up(margin), frames)
    # Only the tenth of the images that a alone gets right make the difference: a binomial share
    half = stats.t.ppf(0.975, IMAGES - 1) * 100 * np.sqrt(0.1 * 0.9 / IMAGES)
    assert found["effect"] == pytest.approx(10)
    assert [found["low"], found["high"]] == pytest.approx([10 - half, 10 + half], abs=0.4)
    assert found["verdict"] == expected
    assert "these networks" in found["note"]
    assert (found["seeds"], found["count"]) == (1, IMAGES)


def test_training_seeds_that_disagree_leave_a_claim_undecided():
    by_seed = (0.50, 0.62, 0.64)
    frames = [cell(BRIEF, "b", (0.5, 0.5), seed) for seed in range(3)]
    frames += [cell(BRIEF, "a", (share, share), seed) for seed, share in enumerate(by_seed)]
    found = decided_one(made_up(0.5), frames)
    assert found["effect"] == pytest.approx(100 * (np.mean(by_seed) - 0.5))
    assert found["verdict"] == "undecided"
    assert found["seeds"] == 3
    assert "these networks" not in found["note"]
    # The same mean without the disagreement is enough
    agreeing = [cell(BRIEF, "a", (np.mean(by_seed),) * 2, seed) for seed in range(3)]
    assert decided_one(made_up(0.5), frames[:3] + agreeing)["verdict"] == "supported"


def test_only_the_seeds_that_all_models_have_are_compared():
    first = [cell(BRIEF, "a", (0.6, 0.6), seed) for seed in (0, 1)]
    second = [cell(BRIEF, "b", (0.5, 0.5), seed) for seed in (1, 2)]
    assert decided_one(made_up(0.5), first + second)["seeds"] == 1
    apart = decided_one(made_up(0.5), first[:1] + second)
    assert apart["verdict"] == "not tested"
    assert apart["note"] == "the models have no training seed in common"


def test_a_sweep_at_other_levels_answers_another_question():
    frames = [cell(BRIEF, model, GOOD, levels=(0.0, 0.5)) for model in ("a", "b")]
    found = decided_one(made_up(0.5), frames)
    assert found["verdict"] == "not tested"
    assert found["note"] == "not run: a, b on parts-exchange (swept at other levels)"


def test_unequal_sizes_are_told():
    frames = [cell(BRIEF, model, GOOD) for model in ("a", "b")]
    costs = pd.concat([cost_rows(BRIEF, "a"), cost_rows(BRIEF, "b")])
    assert "parameters" not in decided_one(made_up(0.5), frames, costs)["note"]
    costs.loc[(costs["model"] == "a") & (costs["metric"] == "parameters"), "value"] = 123_456
    assert "parameters: a 123,456, b 100,500" in decided_one(made_up(0.5), frames, costs)["note"]
