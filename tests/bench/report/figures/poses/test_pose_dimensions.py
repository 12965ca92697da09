import numpy as np
import pandas as pd

from fixtures.suite_tables import DEGREES, drawn, figure_of, stored, with_features, with_responses
from fixtures.synthetic_features import DIMENSIONS
from runbench.report.figures.poses.pose_dimensions import MOST_BARS, pose_dimensions, ranked_dimensions


def rows_of(shares, generator):
    """Rows of every dimension of several networks, (seeds, dimensions), in no order."""
    return pd.DataFrame(
        [
            {
                "metric": "pose_linearity",
                "model": "capsnet",
                "seed": seed,
                "dimension": place,
                "value": shares[seed, place],
            }
            for seed in range(len(shares))
            for place in generator.permutation(DIMENSIONS)
        ]
    ).assign(floor=0.1, count=60)


def test_dimensions_are_ranked_in_each_network_for_itself():
    generator = np.random.default_rng(3)
    shares = generator.uniform(size=(2, DIMENSIONS))
    ranked = ranked_dimensions(rows_of(shares, generator))
    ordered = -np.sort(-shares, axis=1)
    assert ranked["rank"].tolist() == list(range(1, DIMENSIONS + 1))
    assert np.allclose(ranked["value"], ordered.mean(axis=0))
    assert ranked["low"].tolist() == ordered.min(axis=0).tolist()
    assert ranked["high"].tolist() == ordered.max(axis=0).tolist()
    assert ranked["dimension"].tolist() == (np.argsort(-shares[0]) + 1).tolist()


def test_one_network_has_no_range():
    generator = np.random.default_rng(4)
    ranked = ranked_dimensions(rows_of(generator.uniform(size=(1, DIMENSIONS)), generator))
    assert ranked[["low", "high"]].isna().all(axis=None)


def test_only_several_seeds_are_told_as_means(degrees):
    words = "Means over seeds of the most linear dimension"
    assert words in figure_of(pose_dimensions, with_responses(degrees, ("capsnet",), seeds=(0, 1))).caption
    assert words not in figure_of(pose_dimensions, degrees).caption


def test_of_many_models_the_first_are_drawn_and_all_stand_in_the_table(degrees):
    models = [f"caps{place}" for place in range(MOST_BARS + 1)]
    rows = [row | {"model": model} for model in models for row in stored(DEGREES, "capsnet", "pose_linearity")]
    shown = figure_of(pose_dimensions, with_features(degrees, rows))
    assert shown.caption.endswith(f"Only in the table: {models[-1]}.")
    assert list(dict.fromkeys(shown.table["model"])) == models
    titles = {axes.get_title(loc="left") for axes in drawn(shown).axes}
    assert titles - {""} == set(models[:-1])


def test_models_without_capsules_and_pairs_have_no_figure(degrees, pairs):
    assert not list(pose_dimensions(with_responses(degrees, ("baseline", "stn"))))
    assert not list(pose_dimensions(pairs))
