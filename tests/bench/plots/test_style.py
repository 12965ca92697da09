import matplotlib as mpl
import pandas as pd
import pytest

from fixtures.figures import curves_of
from fixtures.suites import BREAK, COVER, MODELS, SHIFT
from runbench import plots
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


def test_colour_follows_architecture_and_line_regime(styles):
    assert list(styles) == list(MODELS)
    assert styles["baseline"].colour == styles["augmented"].colour != styles["stn"].colour
    assert styles["augmented"].dash == styles["stn"].dash != styles["baseline"].dash
    assert styles["augmented"].marker == styles["stn"].marker != styles["baseline"].marker


def test_models_alike_in_both_get_colours_of_their_own():
    models = pd.DataFrame({"model": ["a", "b"], "architecture": "cnn", "regime": "clean"})
    styles = plots.styles_of(models)
    assert styles["a"].colour != styles["b"].colour


def test_more_architectures_than_the_palette_has_colours():
    names = [f"m{index}" for index in range(14)]
    styles = plots.styles_of(pd.DataFrame({"model": names, "architecture": names, "regime": "clean"}))
    assert len({style.colour for style in styles.values()}) == 14


@pytest.mark.parametrize(
    ("level", "text"),
    [
        (2.0**-1.5, "0.354"),
        (2.0**0.5, "1.41"),
        (0.1 + 0.2, "0.3"),
        (-165.0, "\N{MINUS SIGN}165"),
        (0.0, "0"),
        (1440.0, "1440"),
    ],
)
def test_levels_have_three_significant_digits(level, text):
    assert plots.level_text(level) == text


def test_the_unit_is_named_once():
    assert plots.axis_title(SHIFT) == "displacement (pixels)"
    assert plots.axis_title(COVER) == "overlap (share)"
    assert plots.axis_title(BREAK) == "share of pieces moved"


def test_the_same_figure_gives_the_same_bytes(metrics, styles):
    def drawn():
        return plots.figure_files(plots.plot_by_level(curves_of(metrics), ROTATION, styles, "accuracy"))

    first, second = drawn(), drawn()
    assert first == second
    assert first["svg"].startswith(b"<?xml")
    assert first["png"].startswith(b"\x89PNG")
    assert b"<dc:date>" not in first["svg"]


def test_style_leaves_matplotlib_as_it_was():
    with mpl.rc_context():
        before = dict(mpl.rcParams)
        with plots.figure_style():
            assert mpl.rcParams["svg.hashsalt"] == "run-bench"
        assert dict(mpl.rcParams) == before
