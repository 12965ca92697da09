"""The tables of a run of several kinds of suite, made once."""

import pytest

from fixtures.runs import write_introspection, write_run
from fixtures.suite_tables import KINDS, SHOWN
from fixtures.synthetic_features import write_features
from runbench.report.suite_tables import tables_of_suites, with_whole_summary
from runbench.store.run import read_run


@pytest.fixture(scope="session")
def every_kind(tmp_path_factory):
    """The tables of each suite by its name; not to be changed."""
    folder = write_run(tmp_path_factory.mktemp("tables") / "run", SHOWN, KINDS, images=40)
    write_introspection(folder, KINDS)
    write_features(folder, SHOWN, KINDS)
    stored = with_whole_summary(read_run(folder))
    return {tables.suite.name: tables for tables, _ in tables_of_suites(stored)}


@pytest.fixture(scope="session")
def degrees(every_kind):
    """A full turn in degrees: single images along an axis that closes."""
    return every_kind["degrees"]


@pytest.fixture(scope="session")
def pieces(every_kind):
    """Objects that fall to pieces along an axis that does not close."""
    return every_kind["break"]


@pytest.fixture(scope="session")
def pairs(every_kind):
    """Pairs along an axis."""
    return every_kind["cover"]


@pytest.fixture(scope="session")
def pairs_set(every_kind):
    """A set of pairs, without an axis."""
    return every_kind["strewn"]


@pytest.fixture(scope="session")
def images_set(every_kind):
    """A set of single images, without an axis."""
    return every_kind["at-once"]
