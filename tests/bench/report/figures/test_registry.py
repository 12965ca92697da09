"""Figures register themselves, those from outside like ours, and stand on the page in their order."""

from functools import partial
from importlib.metadata import EntryPoint

import pytest
from matplotlib.figure import Figure

import runbench as rb
from fixtures.pages import text_of
from fixtures.runs import write_run
from fixtures.suites import STREWN, TURN
from runbench import plugins
from runbench.errors import RegistrationError
from runbench.report.figures import registry
from runbench.report.figures.registry import AXIS, SECTIONS, SET, figures_in, load_figures
from runbench.report.writing import write_report
from runbench.store.run import read_run

pytestmark = pytest.mark.usefixtures("own_registries")


def counting(tables):
    """Yield a figure of how many rows there are, and a note."""
    yield rb.ReportFigure(
        f"{tables.suite.name}-rows",
        "How many rows there are",
        "A number.",
        partial(drawn, len(tables.metrics)),
        tables.metrics[["model", "level", "value"]],
    )
    yield "Rows were counted."


def drawn(count):
    figure = Figure()
    figure.subplots().set_title(str(count))
    return figure


def test_every_figure_has_a_section_and_an_order_of_its_own_in_it():
    for section in SECTIONS:
        figures = figures_in(section)
        assert figures
        places = [(figure.order, need) for figure in figures for need in figure.needs or ("always",)]
        assert len({place for place in places if place[1] in (AXIS, SET, "always")}) == len(
            [place for place in places if place[1] in (AXIS, SET, "always")]
        )


@pytest.mark.slow
def test_a_figure_from_outside_stands_on_the_page(tmp_path):
    rb.register_figure("rows", order=1, needs=(SET,))(counting)
    run = write_run(tmp_path / "run", ("stn",), (TURN, STREWN), images=20)
    index = write_report(read_run(run), tmp_path / "report")
    page = text_of(index)
    assert '<h3 id="strewn-rows">How many rows there are</h3>' in page
    assert page.index("strewn-rows") < page.index("strewn-accuracy")
    assert "turn-rows" not in page
    assert page.count("Rows were counted.") == 1
    assert (tmp_path / "report" / "tables" / "strewn-rows.csv").exists()


def test_a_name_stands_for_one_figure_of_the_same_needs():
    rb.register_figure("rows", needs=(AXIS,))(counting)
    rb.register_figure("rows", needs=(SET,))(counting)
    with pytest.raises(RegistrationError, match="a figure named 'rows for a suite without an axis' is registered"):
        rb.register_figure("rows", needs=(SET,))(counting)
    with pytest.raises(RegistrationError, match="no section 'margin'; there are suite, transformers"):
        rb.register_figure("more", section="margin")


def test_what_an_installed_package_brings_is_imported_and_what_fails_is_named(monkeypatch):
    points = [EntryPoint("counted", value, registry.GROUP) for value in ("json", "json:absent")]
    monkeypatch.setattr(plugins, "entry_points", lambda group: points if group == registry.GROUP else [])
    (broken,) = load_figures()
    assert broken.startswith("plug-in counted is broken: AttributeError")
