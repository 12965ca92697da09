"""What the report shows of the models' insides, and what it does without."""

import base64
import re
from dataclasses import replace

import numpy as np
import pytest

from fixtures.runs import write_introspection, write_run
from fixtures.shown import turning
from fixtures.suites import COVER, STREWN, TURN
from runbench import plots
from runbench.metrics.features.angles import circular_correlations, turned_angles
from runbench.report.layout import lay_out
from runbench.report.page import compose
from runbench.report.writing import write_report
from runbench.store import files
from runbench.store.run import read_run

pytestmark = pytest.mark.slow

DEGREES = replace(
    TURN, name="degrees", unit="degrees", axis="rotation angle", levels=(-90.0, 0.0, 90.0, 180.0), period=360.0
)
SUITES = (DEGREES, COVER, STREWN)
MODELS = ("baseline", "stn", "capsnet")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = write_run(tmp_path_factory.mktemp("results") / "inside", MODELS, SUITES, images=20)
    return write_introspection(folder, SUITES)


@pytest.fixture(scope="module")
def page(run):
    return composed(run)


@pytest.fixture
def small(tmp_path):
    """A run of two models on one suite, which a test may damage."""
    folder = write_run(tmp_path / "small", ("stn", "capsnet"), (DEGREES,), images=20)
    return write_introspection(folder, (DEGREES,))


def composed(folder):
    with plots.figure_style():
        return compose(read_run(folder))


def parts_of(section):
    return {part.name: [shown.name for shown in part.figures] for part in section.parts}


def figure_of(page, name):
    return next(shown for shown in lay_out(page).figures if shown.name == name)


def changed(folder, model, suite="degrees", **arrays):
    """Store other arrays of one model; None takes one away."""
    path = folder / "introspection" / suite / f"{model}-seed0.npz"
    stored = files.read_arrays(path) | arrays
    files.write_arrays(path, **{name: array for name, array in stored.items() if array is not None})
    return folder


def test_each_family_has_what_makes_sense_for_the_suite(page):
    turned, pairs, on_set = page.sections
    assert page.missing == ()
    assert parts_of(turned) == {
        "transformers": ["degrees-attended", "degrees-recovered", "degrees-learning-stn", "degrees-theta"],
        "capsules": ["degrees-reconstructions-capsnet", "degrees-dimensions-capsnet", "degrees-coupling"],
    }
    # What belongs to the network and not to the suite stands once.
    assert parts_of(pairs) == {
        "transformers": ["cover-attended"],
        "capsules": ["cover-reconstructions-capsnet", "cover-coupling"],
    }
    assert parts_of(on_set) == {"transformers": ["strewn-attended"], "capsules": ["strewn-coupling"]}
    with_probabilities = [shown.name for shown in lay_out(page).figures if shown.name.endswith("-probabilities")]
    assert with_probabilities == ["degrees-probabilities", "cover-probabilities"]


def test_what_stands_elsewhere_is_said(page):
    notes = {part.name: part.notes for part in page.sections[1].parts}
    assert notes["transformers"] == ("The same networks, so not drawn again: training of stn under degrees.",)
    assert notes["capsules"] == ("Drawn once in a run: the dimensions of the capsules of capsnet under degrees.",)


def test_another_network_of_the_same_model_learns_under_its_own_suite(tmp_path):
    folder = write_introspection(write_run(tmp_path / "run", ("stn",), SUITES[:2], images=20), SUITES[:2])
    theta = files.read_arrays(folder / "introspection" / "cover" / "stn-seed0.npz")["theta_by_epoch"]
    changed(folder, "stn", "cover", theta_by_epoch=theta + 0.1)
    page = composed(folder)
    assert "cover-learning-stn" in parts_of(page.sections[1])["transformers"]


def test_only_the_first_models_of_a_family_are_shown(small):
    place = small / "introspection" / "degrees"
    for model in ("third", "fourth", "fifth"):
        files.write_arrays(place / f"{model}-seed0.npz", **files.read_arrays(place / "stn-seed0.npz"))
    transformers = composed(small).sections[0].parts[0]
    drawn = [shown.name for shown in transformers.figures if "learning" in shown.name]
    assert [name.removeprefix("degrees-learning-") for name in drawn] == ["stn", "fifth", "fourth"]
    assert transformers.notes == ("Shown are the first 3 models in the run's order; left out: third.",)


def test_the_recovered_angle_is_told_with_its_correlation(small):
    levels = np.array(DEGREES.levels)
    generator = np.random.default_rng(7)
    theta = turning(levels + 40 + generator.normal(0, 30, (60, 4)))
    shown = figure_of(composed(changed(small, "stn", theta=theta)), "degrees-recovered")
    angles = turned_angles(theta.astype(float))
    recovered = angles - angles[:, 1:2]
    expected = float(circular_correlations(recovered, levels[None], np.ones((1, 60)))[0])
    assert f": {expected:.2f} for stn." in shown.caption
    assert shown.table["correlation"].tolist() == pytest.approx([expected] * 4)
    mean = np.degrees(np.angle(np.exp(1j * np.radians(recovered)).mean(axis=0)))
    assert np.cos(np.radians(shown.table["value"] - mean)).tolist() == pytest.approx([1] * 4)


def test_a_transformer_that_does_not_react_has_no_correlation(small):
    theta = turning(np.full((20, 4), 33.0))
    shown = figure_of(composed(changed(small, "stn", theta=theta)), "degrees-recovered")
    assert "not defined for stn" in shown.caption
    assert shown.table["value"].tolist() == pytest.approx([0] * 4)


def test_angles_are_recovered_only_where_the_axis_is_a_full_turn(page):
    assert [shown.name for shown in lay_out(page).figures if "recovered" in shown.name] == ["degrees-recovered"]


def test_the_classic_row_shows_the_first_three(page):
    table = figure_of(page, "degrees-probabilities").table
    assert set(table["sample"]) == {3}
    assert list(dict.fromkeys(table["model"])) == ["baseline", "stn", "capsnet"]
    assert len(table) == 3 * 4 * 10
    sums = table.groupby(["model", "level"])["probability"].sum()
    assert sums.tolist() == pytest.approx([1] * 12)


def test_failures_are_among_the_reconstructions(page):
    shown = figure_of(page, "degrees-reconstructions-capsnet")
    table = shown.table
    assert (table["failed"] == (table["label"] != table["predicted"])).all()
    assert table["error_by_label"].tolist() == [0] * 14
    assert (table["error_by_prediction"] > 0).tolist() == table["failed"].tolist()
    assert "3 of them failures" in shown.caption


def test_many_failures_leave_room_for_what_is_right(small):
    stored = files.read_arrays(small / "introspection" / "degrees" / "capsnet-seed0.npz")
    predicted = stored["reconstruction_predicted"].copy()
    predicted[:8] = (stored["reconstruction_labels"][:8] + 1) % 10
    shown = figure_of(
        composed(changed(small, "capsnet", reconstruction_predicted=predicted)), "degrees-reconstructions-capsnet"
    )
    right = int((predicted == stored["reconstruction_labels"]).sum())
    assert f"{12 - right} of them failures" in shown.caption


def test_tables_hold_what_is_drawn(page):
    dimensions = figure_of(page, "degrees-dimensions-capsnet").table
    still = dimensions[dimensions["step"].abs() < 1e-9]
    assert (still["change"] == 0).all()
    assert len(dimensions) == 3 * 16 * 11
    coupling = figure_of(page, "degrees-coupling").table
    assert coupling["highest"].tolist() == pytest.approx([0.45, 0.3] * 4)
    assert coupling["mean"].tolist() == pytest.approx([(6 * 0.45 + 30 * 0.1) / 36, (3 * 0.3 + 33 * 0.1) / 36] * 4)
    theta = figure_of(page, "degrees-theta").table
    assert len(theta) == 6 * 8 * 6
    assert set(theta["row"]) == {1, 2}


@pytest.mark.parametrize(
    ("model", "array", "lost"),
    [
        ("stn", "theta", ["recovered"]),
        ("stn", "attended", ["attended"]),
        ("stn", "watched", ["learning-stn", "theta"]),
        ("capsnet", "dimensions", ["dimensions-capsnet"]),
        ("capsnet", "coupling", ["coupling"]),
        ("capsnet", "reconstruction_by_label", ["reconstructions-capsnet"]),
        ("capsnet", "probabilities", []),
    ],
)
def test_damage_is_named_and_the_rest_is_shown(small, model, array, lost):
    whole = [shown.name for shown in lay_out(composed(small)).figures]
    page = composed(changed(small, model, **{array: np.zeros((2, 2))}))
    (said,) = page.missing
    assert said.startswith(f"Suite degrees has pictures of {model} that are left out: {array} ")
    left = [shown.name for shown in lay_out(page).figures]
    assert [name for name in whole if name not in left] == [f"degrees-{name}" for name in lost]


def test_a_run_without_arrays_has_no_pictures(tmp_path):
    page = composed(write_run(tmp_path / "old", ("stn", "capsnet"), (DEGREES,), images=20))
    assert page.missing == ()
    assert page.sections[0].parts == ()
    assert not [shown for shown in lay_out(page).figures if "probabilities" in shown.name]


def test_one_epoch_is_no_training(small):
    stored = files.read_arrays(small / "introspection" / "degrees" / "stn-seed0.npz")
    first = {name: stored[name][:1] for name in ("theta_epochs", "theta_by_epoch", "attended_by_epoch")}
    assert parts_of(composed(changed(small, "stn", **first)).sections[0])["transformers"] == [
        "degrees-attended",
        "degrees-recovered",
    ]


def test_the_lattice_places_the_map(small):
    caption = figure_of(composed(small), "degrees-coupling").caption
    assert "stretched over the whole image" in caption
    placed = changed(small, "capsnet", coupling_lattice=np.array([2.0, 8.0]))
    assert "has its centre" in figure_of(composed(placed), "degrees-coupling").caption


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_pages_show_and_link_everything_twice_the_same(small, tmp_path):
    report = write_report(read_run(small), tmp_path / "report").parent
    html = (report / "index.html").read_text(encoding="utf-8")
    markdown = (report / "report.md").read_text(encoding="utf-8")
    moving = (report / "figures" / "degrees-learning-stn.gif").read_bytes()
    assert f'src="data:image/gif;base64,{base64.b64encode(moving).decode()}"' in html
    for page in (html, markdown):
        for title in ("What the spatial transformers see", "What the capsules hold", "Theta through training"):
            assert title in page
        for link in re.findall(r"(?:figures|tables)/[\w.-]+\.(?:gif|svg|png|csv)", page):
            assert (report / link).is_file()
    assert "[GIF](figures/degrees-learning-stn.gif)" in markdown
    assert "http" not in re.sub(r"data:[^\"]+", "", html)
    again = write_report(read_run(small), tmp_path / "again").parent
    assert contents(again) == contents(report)


@pytest.mark.slow
def test_an_animation_that_no_longer_applies_is_removed(small, tmp_path):
    report = write_report(read_run(small), tmp_path / "report").parent
    assert list(report.rglob("*.gif"))
    write_report(read_run(changed(small, "stn", watched=None)), report)
    assert not list(report.rglob("*.gif"))
