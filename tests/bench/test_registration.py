"""Registries of every kind, and plug-ins that break halfway."""

import subprocess
import sys
from textwrap import dedent

import pytest

from fixtures.registries import as_before
from runbench.data.catalogue import DATASETS
from runbench.errors import RegistrationError
from runbench.evaluation.features.feature_metric import FEATURE_METRICS
from runbench.metrics.registry import METRICS
from runbench.models.registry import registered_models
from runbench.plugins import load_plugins
from runbench.registration import Registry, whole_or_not_at_all
from runbench.report.figures.registry import FIGURES
from runbench.suites import SUITES

HALVED = {
    "model": "@runbench.register_model('halved', regime='clean')\ndef halved(*given, **options): ...",
    "suite": "import dataclasses, runbench.suites as suites\n"
    "runbench.register_suite(dataclasses.replace(suites.SUITES['rotation'], name='halved'))",
    "dataset": "runbench.register_dataset(\n"
    "    runbench.DatasetSpec('halved', 'none', load='nowhere:load', classes=('a',)))",
    "metric": "runbench.register_metric(runbench.Metric(name='halved', title='halved', over='level',\n"
    "    better='higher', definition='none', compute=lambda selection: None, averaged=True))",
    "feature metric": "@runbench.register_feature_metric\nclass Halved(runbench.FeatureMetric):\n    order = 1",
    "figure": "@runbench.register_figure('halved')\ndef halved(tables): ...",
}
"""Of each kind what a plug-in registers."""


def registered():
    """Return the names of everything that is registered, by its kind."""
    return {
        "model": [spec.name for spec in registered_models()],
        "suite": list(SUITES),
        "dataset": list(DATASETS),
        "metric": list(METRICS),
        "feature metric": list(FEATURE_METRICS),
        "figure": list(FIGURES),
    }


@pytest.fixture
def plugin(tmp_path):
    """Return a function that writes a plug-in which registers something of a kind, and ends with a line."""

    def write(kind, last=""):
        path = tmp_path / f"{kind.replace(' ', '_')}_plugin.py"
        path.write_text(f"import runbench\n{HALVED[kind]}\n{last}\n")
        return str(path)

    return write


@pytest.mark.parametrize("kind", HALVED)
def test_what_a_plug_in_registers_stays_where_it_does_not_break(kind, plugin, own_registries):
    before = registered()
    assert load_plugins([plugin(kind)]) == ()
    added = {one: names[len(before[one]) :] for one, names in registered().items() if names != before[one]}
    assert {one: names[0].lower() for one, names in added.items()} == {kind: "halved"}


@pytest.mark.parametrize("kind", HALVED)
def test_of_a_plug_in_that_breaks_halfway_nothing_stays(kind, plugin, own_registries):
    before = registered()
    (broken,) = load_plugins([plugin(kind, "raise OSError('halfway')")])
    assert str(broken).endswith("is broken: OSError: halfway")
    assert registered() == before


@pytest.mark.slow
def test_the_built_in_entries_stay_also_where_a_broken_plug_in_was_the_first_to_need_them(plugin):
    paths = [plugin(kind, "raise OSError('halfway')") for kind in HALVED]
    script = f"""
        from runbench.plugins import load_plugins
        assert len(load_plugins({paths})) == {len(paths)}
        from runbench.evaluation.features.feature_metric import FEATURE_METRICS
        from runbench.metrics.registry import METRICS
        from runbench.report.figures.registry import FIGURES
        print(*map(len, (METRICS, FEATURE_METRICS, FIGURES)))
    """
    done = subprocess.run([sys.executable, "-c", dedent(script)], capture_output=True, text=True)
    assert done.stdout.split() == [str(len(one)) for one in (METRICS, FEATURE_METRICS, FIGURES)], done.stderr


def test_a_registry_is_a_mapping_in_the_order_in_which_its_entries_came():
    numbers = Registry("number", [("two", 2), ("one", 1)])
    with as_before():
        numbers.add("zero", 0)
        assert dict(numbers) == {"two": 2, "one": 1, "zero": 0}
        assert list(numbers) == ["two", "one", "zero"]
    assert list(numbers) == ["two", "one"]


@pytest.mark.parametrize("name", ["built in", "added"])
def test_a_name_stands_for_one_entry(name):
    numbers = Registry("number", [("built in", 1)])
    numbers.add("added", 2)
    with pytest.raises(RegistrationError, match=f"a number named '{name}' is registered already; choose another"):
        numbers.add(name, 3)
    assert dict(numbers) == {"built in": 1, "added": 2}


def test_what_is_built_in_has_one_name_each():
    with pytest.raises(RegistrationError, match="'one' is registered already"):
        Registry("number", [("one", 1), ("one", 2)])


@pytest.fixture
def numbers():
    """Return a registry of numbers of its own."""
    return Registry("number", [("one", 1)])


def add_within(numbers, name, *then):
    """Add a number within a block, do more there, and break."""
    with whole_or_not_at_all():
        numbers.add(name, 0)
        for step in then:
            step()
        raise OSError(name)


def test_a_block_that_breaks_takes_along_what_blocks_within_it_added(numbers):
    def add_three():
        with whole_or_not_at_all():
            numbers.add("three", 3)

    with pytest.raises(OSError, match="two"):
        add_within(numbers, "two", add_three)
    assert list(numbers) == ["one"]


def test_a_block_that_breaks_leaves_what_was_added_around_it(numbers):
    with as_before():
        numbers.add("two", 2)
        with pytest.raises(OSError, match="three"):
            add_within(numbers, "three")
        assert list(numbers) == ["one", "two"]
    assert list(numbers) == ["one"]
