import pytest

from runbench.metrics.registry import feature_metrics, prediction_metrics
from runbench.report.tables.glossary import glossary


def defined(table):
    return {row[0].detail: row for row in table.rows}


def test_every_metric_of_predictions_is_defined_and_no_other():
    rows = defined(glossary([]))
    assert set(rows) == set(prediction_metrics())
    for name, metric in prediction_metrics().items():
        title, _, definition, good, source = rows[name]
        assert (title.text, definition.text) == (metric.title, metric.definition)
        assert good.detail == f"{metric.interval} interval"
        assert metric.source in (source.text, "")


@pytest.mark.parametrize("name", feature_metrics())
def test_a_metric_of_features_is_defined_where_it_was_measured(name):
    metric = feature_metrics()[name]
    rows = defined(glossary([name, "of another version"]))
    assert set(rows) - set(prediction_metrics()) == {name}
    _, computed, definition, *_ = rows[name]
    assert metric.of in computed.detail
    assert definition.text.startswith(metric.definition)
    assert metric.floor in definition.text


def test_computed_says_whether_a_number_is_of_a_level_or_of_the_sweep():
    rows = defined(glossary([]))
    assert rows["accuracy"][1].text == "over one level"
    assert rows["mean_accuracy"][1].text == "over the sweep"
