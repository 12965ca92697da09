from dataclasses import fields

import pytest

from runbench.metrics.metric import Column, Metric
from runbench.metrics.registry import METRICS

OF_A_LEVEL = Metric(
    name="depth",
    title="depth",
    unit="share",
    over="level",
    better="lower",
    interval="Wilson",
    definition="How deep it is at one level.",
    source="somebody",
    averaged=True,
    needs_identity=False,
    columns=(Column(5, "depth"),),
)


def test_a_mean_is_what_its_metric_is_but_for_what_a_mean_is():
    changed = {
        field.name
        for field in fields(Metric)
        if getattr(OF_A_LEVEL, field.name) != getattr(OF_A_LEVEL.mean, field.name)
    }
    assert changed == {"name", "title", "over", "interval", "definition", "averaged"}
    assert OF_A_LEVEL.mean.name == "mean_depth"
    assert OF_A_LEVEL.mean.over == "sweep"
    # A mean of shares over levels is no share of images, so Wilson's interval is not its own
    assert OF_A_LEVEL.mean.interval == "bootstrap"


@pytest.mark.parametrize(
    "metric", [metric for metric in METRICS.values() if metric.averaged], ids=lambda m: m.name
)
def test_a_mean_says_which_levels_it_is_over(metric):
    assert metric.over == "level"
    assert ("but the identity" in metric.mean.definition) == metric.needs_identity
    assert metric.title in metric.mean.definition


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_definitions_are_sentences_and_names_are_identifiers(metric):
    assert metric.name.isidentifier()
    assert metric.name.islower()
    assert metric.definition.endswith(".")
    assert metric.definition[0].isupper()
    assert "  " not in metric.definition
    assert not metric.floor.endswith(".")


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_only_what_is_measured_of_it_is_said_of_a_metric(metric):
    computed = metric.compute or metric.tasks or metric.on_request or metric.averaged or metric.needs_identity
    assert metric.of == "predictions" or not computed
    assert metric.of in ("network", "layer", "dimension") or not (metric.floor or metric.resampled)
    assert metric.over == "level" or not metric.averaged
