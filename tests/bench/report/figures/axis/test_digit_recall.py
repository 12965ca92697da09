import pytest

from fixtures.suite_tables import SHOWN, figure_of, of_model, one_level, predictions
from fixtures.suites import COVER
from runbench.report.figures.axis.digit_recall import digit_recall


def found(rows):
    """The share of labels that are among the answers."""
    shares = [
        len({row["label"], row["label_2"]} & {row["predicted"], row["predicted_2"]}) / 2
        for row in rows.to_dict(orient="records")
    ]
    return sum(shares) / len(shares)


@pytest.mark.parametrize("model", SHOWN)
def test_recall_counts_each_digit_for_itself(pairs, model):
    rows = of_model(figure_of(digit_recall, pairs).table, model)
    expected = [found(rows) for _, rows in predictions(COVER, model).groupby("level")]
    assert rows["value"].tolist() == pytest.approx(expected)


def test_the_caption_claims_no_less_than_the_exact_match(pairs):
    shown = figure_of(digit_recall, pairs)
    assert "It lies above the exact match" in shown.caption
    exact = pairs.curves("accuracy").set_index(["model", "level"])["value"]
    assert (shown.table.set_index(["model", "level"])["value"] >= exact).all()


@pytest.mark.parametrize("name", ["degrees", "break"])
def test_single_images_have_no_recall(every_kind, name):
    assert not list(digit_recall(every_kind[name]))


def test_one_level_is_no_curve(pairs):
    assert not list(digit_recall(one_level(pairs)))
