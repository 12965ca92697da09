"""Figures register themselves, those from outside like ours, and stand on the page in their order."""

from dataclasses import replace
from functools import partial
from importlib.metadata import EntryPoint

import pytest
from matplotlib.figure import Figure

import runbench as rb
from fixtures.pages import text_of
from fixtures.runs import write_run
from fixtures.suite_tables import KINDS
from fixtures.suites import STREWN, TURN
from runbench import plugins
from runbench.errors import RegistrationError
from runbench.plots import figure_style
from runbench.report.figures import registry
from runbench.report.figures.registry import AXIS, SECTIONS, SET, drawn_in, figures_in, load_figures
from runbench.report.writing import write_report
from runbench.store.run import read_run
from runbench.store.samples import no_samples

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


ALONG = "orbit consistency consistency-against-accuracy calibration"
LAST = "differences costs training"
BY_LAYER = "invariance-by-layer layers-equivariance equivariance-by-layer"
LAYERS = f"prediction-distance layers-invariance {BY_LAYER} poses"

EXPECTED = {
    ("degrees", "suite"): f"accuracy accuracy-circle samples probabilities {ALONG} ambiguous {LAST}",
    ("break", "suite"): f"accuracy samples probabilities intact-auroc {ALONG} ambiguous {LAST}",
    ("cover", "suite"): f"accuracy digit-recall samples probabilities {ALONG} {LAST}",
    ("strewn", "suite"): f"accuracy attained samples {LAST}",
    ("at-once", "suite"): f"accuracy samples {LAST}",
    ("degrees", "transformers"): "attended recovered learning-stn theta",
    ("cover", "transformers"): "attended",
    ("strewn", "transformers"): "attended",
    ("degrees", "capsules"): "reconstructions-capsnet dimensions-capsnet coupling",
    ("cover", "capsules"): "reconstructions-capsnet coupling",
    ("strewn", "capsules"): "coupling",
    ("degrees", "layers"): f"{LAYERS} pose-dimensions canonicalisation reconstruction-error",
    ("cover", "layers"): f"{LAYERS} canonicalisation reconstruction-error",
    ("at-once", "layers"): "invariance-by-layer equivariance-by-layer pose-dimensions",
}
"""What stands in the parts of a suite's section in their order; what belongs to a network stands once in a run."""


def shown_in(section, tables):
    return [shown for shown in drawn_in(section, tables) if isinstance(shown, rb.ReportFigure)]


@pytest.mark.slow
@pytest.mark.parametrize(("suite", "section"), EXPECTED)
def test_each_part_shows_what_makes_sense_for_its_suite(every_kind, suite, section):
    names = [shown.name.removeprefix(f"{suite}-") for shown in shown_in(section, every_kind[suite])]
    assert names == EXPECTED[suite, section].split()


@pytest.mark.parametrize("suite", [kind.name for kind in KINDS])
def test_every_figure_has_a_caption_and_a_table(every_kind, suite):
    for section in SECTIONS:
        for shown in shown_in(section, every_kind[suite]):
            assert shown.name.startswith(f"{suite}-")
            assert len(shown.table)
            assert "  " not in shown.caption
            assert shown.caption.endswith(".")


def test_a_sentence_that_has_nothing_to_say_leaves_no_gap(every_kind):
    """Of a single model nothing is said of colours."""
    for tables in every_kind.values():
        alone = tables.only(["stn"])
        assert not [
            shown.name for section in SECTIONS for shown in shown_in(section, alone) if "  " in shown.caption
        ]


@pytest.mark.slow
@pytest.mark.parametrize("suite", [kind.name for kind in KINDS])
def test_every_figure_can_be_drawn(every_kind, suite):
    with figure_style():
        for section in SECTIONS:
            assert all(shown.draw().axes for shown in shown_in(section, every_kind[suite]))


def test_without_sample_images_and_features_nothing_is_shown_of_the_inside(degrees):
    bare = replace(degrees, samples=no_samples(), features=degrees.features.iloc[:0])
    assert not [shown for section in list(SECTIONS)[1:] for shown in drawn_in(section, bare)]
    names = {shown.name for shown in shown_in("suite", bare)}
    assert not {"degrees-samples", "degrees-probabilities"} & names
    assert "degrees-accuracy" in names


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("need", [AXIS, SET])
def test_every_figure_has_an_order_of_its_own_in_its_section(section, need):
    orders = [
        figure.order for figure in figures_in(section) if need in figure.needs or not {AXIS, SET} & {*figure.needs}
    ]
    assert orders
    assert len(set(orders)) == len(orders)


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
