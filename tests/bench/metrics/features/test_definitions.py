"""The table of metrics says of itself what is true."""

from runbench.metrics.registry import feature_metrics


def test_each_metric_is_under_its_own_name():
    assert all(name == metric.name for name, metric in feature_metrics().items())
    assert len({metric.title for metric in feature_metrics().values()}) == len(feature_metrics())


def test_only_metrics_of_the_sweep_are_compared_by_resamples():
    assert all(metric.over == "sweep" for metric in feature_metrics().values() if metric.resampled)
