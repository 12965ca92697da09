import re

import numpy as np
import pandas as pd

from fixtures.figures import pairs_of
from fixtures.suites import BREAK, SHIFT, STREWN
from runbench.analysis.paired import no_comparisons
from runbench.report.figures.models.differences import resolution, sampling
from runbench.report.findings import findings, how_differences, scope


def summary_by_area(**areas):
    """Return a summary of clean models by their area under the curve."""
    parts = [
        {"model": model, "architecture": model, "regime": "clean", "area_under_curve": area, "mean_accuracy": 0.1}
        for model, area in areas.items()
    ]
    return pd.DataFrame(parts).assign(seeds=1, count=100)


def test_findings_take_differences_from_the_pairs():
    summary = summary_by_area(one=0.9, two=0.8, three=0.7)
    pairs = pairs_of(("two", "one", -0.1, 0.02, True), ("one", "three", 0.2, 0.03, False))
    text = " ".join(findings(summary, SHIFT, pairs))
    assert "in area under the accuracy curve: under the clean regime one is ahead" in text
    assert "of two by +10.0 points [+8.0, +12.0] and" in text
    assert "of three by +20.0 points [+17.0, +23.0] (undecided)" in text


def test_findings_fall_back_where_a_pair_was_not_compared():
    summary = summary_by_area(one=0.9, two=0.8, three=0.7)
    summary = summary.assign(
        area_under_curve_low=summary["area_under_curve"] - 0.03,
        area_under_curve_high=summary["area_under_curve"] + 0.04,
    )
    text = " ".join(findings(summary, SHIFT, pairs_of(("one", "two", 0.1, 0.02, True))))
    # Newcombe: 3 points below one with 4 above three, and the other way round
    assert "of three by +20.0 points [+15.0, +25.0]" in text


def test_wording_of_pairs():
    pairs = pairs_of(("a", "b", 0.1, 0.02, True), ("a", "c", 0.1, 0.02, True))
    assert "100 images resolve is 1.3 points (two-sided" in resolution(pairs)
    assert "is 1.3 to 2.6 points, depending" in resolution(pairs.assign(resolvable=[0.013, 0.026]))
    assert resolution(pairs.assign(resolvable=np.nan)) == ""
    assert "up to 3 training seeds are resampled together. So few" in sampling(pairs.assign(seeds=[2, 3]))
    assert sampling(pairs.assign(seeds=12)) == "Test images and 12 training seeds are resampled together."
    assert "Holm 1979" in how_differences(pairs)
    assert "Holm" not in how_differences(no_comparisons())
    assert scope(summary_by_area(a=0.5)) == scope(summary_by_area(a=0.5), no_comparisons())


def summary_of(*rows):
    return pd.DataFrame(
        [
            {
                "suite": "rotation",
                "model": model,
                "architecture": architecture,
                "regime": regime,
                "seeds": 1,
                "count": 100,
                "identity_accuracy": 0.98,
                "identity_accuracy_low": 0.97,
                "identity_accuracy_high": 0.99,
                "mean_accuracy": accuracy,
                "mean_accuracy_low": accuracy - 0.01,
                "mean_accuracy_high": accuracy + 0.01,
                "worst_orbit_accuracy": accuracy / 2,
                "mean_clean_correct_consistency": accuracy,
                "throughput": speed,
            }
            for model, architecture, regime, accuracy, speed in rows
        ]
    )


def test_findings_state_numbers_and_intervals():
    sentences = findings(
        summary_of(
            ("plain", "cnn", "clean", 0.5, 1000.0),
            ("taught", "cnn", "augmented", 0.9, 1000.0),
            ("other", "vit", "augmented", 0.905, 250.0),
        ),
        SHIFT,
    )
    text = "\n".join(sentences)
    assert 3 <= len(sentences) <= 6
    assert "other classifies 90.5% [89.5, 91.5] of the images correctly, the most" in text
    assert "plain 50.0% [49.0, 51.0], the fewest" in text
    # Newcombe: sqrt(0.01^2 + 0.01^2) on either side
    assert "of cnn by +40.0 points [+38.6, +41.4]" in text
    lead = "other is ahead of taught by +0.5 points [\N{MINUS SIGN}0.9, +1.9] (undecided)"
    assert f"under the augmented regime {lead}" in text
    assert "a factor of 4.0" in text


def test_findings_of_one_model_compare_nothing():
    text = " ".join(findings(summary_of(("only", "cnn", "clean", 0.5, 10.0)), SHIFT))
    assert "only classifies 50.0%" in text
    assert "regime" not in text
    assert "fewest" not in text


def test_findings_of_no_model_are_none():
    assert findings(summary_of(("a", "b", "clean", 0.5, 1.0)).head(0), SHIFT) == []


def test_findings_of_a_set_of_pairs_speak_of_neither_levels_nor_classes():
    summary = summary_of(("one", "cnn", "clean", 0.6, 9.0), ("two", "vit", "clean", 0.5, 9.0))
    summary = summary.drop(columns=["worst_orbit_accuracy", "mean_clean_correct_consistency"])
    summary = summary.assign(identity_accuracy=np.nan, mean_digit_recall=[0.75, 0.7])
    text = " ".join(findings(summary, STREWN))
    assert "On the set, one finds both digits in 60.0% [59.0, 61.0] of the images, the most; two 50.0%" in text
    assert "in exact match: under the clean regime one is ahead of two by +10.0 points" in text
    assert "Of the single digits one finds 75.0%, two 70.0%." in text
    assert not re.search("level|identity|sweep|accuracy|correctly", text)


def test_findings_say_what_confidence_notices():
    summary = summary_of(("one", "cnn", "clean", 0.6, 9.0), ("two", "vit", "clean", 0.5, 9.0))
    text = " ".join(findings(summary.assign(mean_intact_auroc=[0.52, 0.93]), BREAK))
    assert "with an AUROC of 0.930 in two and of 0.520 in one; at 0.5 it would not notice" in text


def test_findings_of_many_models_compare_the_best_with_the_next_and_the_last():
    rows = [(f"m{place}", f"a{place}", "clean", 0.9 - place / 10, 1.0) for place in range(7)]
    compared = next(line for line in findings(summary_of(*rows), SHIFT) if "regime held fixed" in line)
    assert re.findall(r"of (m\d) by", compared) == ["m1", "m6"]
    assert "the next and the last" in compared


def test_scope_speaks_of_these_networks_only():
    assert "these networks" in scope(summary_of(("a", "b", "clean", 0.5, 1.0)))
