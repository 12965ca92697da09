"""The table of measures says of itself what is true."""

from runbench.metrics.features.definitions import MEASURES


def test_each_measure_is_under_its_own_name():
    assert all(name == measure.name for name, measure in MEASURES.items())
    assert len({measure.title for measure in MEASURES.values()}) == len(MEASURES)


def test_definitions_are_sentences():
    for measure in MEASURES.values():
        assert measure.definition.endswith(".")
        assert measure.definition[0].isupper()
        assert "  " not in measure.definition
        assert not measure.floor.endswith(".")


def test_only_measures_of_the_sweep_are_compared_by_resamples():
    assert all(measure.over == "sweep" for measure in MEASURES.values() if measure.resampled)
