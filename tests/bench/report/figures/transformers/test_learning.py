from fixtures.suite_tables import figure_of, figures_of, notes_of, several, with_arrays
from runbench.report.figures.transformers.learning import learning


def test_a_transformer_moves_beside_its_figure(degrees):
    shown = figure_of(learning, degrees)
    assert shown.name == "degrees-learning-stn"
    assert shown.animate().startswith(b"GIF89a")


def test_what_an_earlier_suite_shows_is_said_and_not_drawn_again(pairs):
    assert list(learning(pairs)) == ["The same networks, so not drawn again: training of stn under degrees."]


def test_another_network_of_the_same_model_learns_under_its_own_suite(pairs):
    theta = pairs.samples.introspections["stn"].learning.theta_by_epoch
    other = with_arrays(pairs, "stn", "learning", theta_by_epoch=theta + 0.1)
    assert figure_of(learning, other).name == "cover-learning-stn"
    assert not notes_of(learning, other)


def test_only_the_first_models_are_shown_and_the_others_named(degrees):
    tables = several(degrees, "stn", ("second", "third", "fourth"))
    names = [shown.name.removeprefix("degrees-learning-") for shown in figures_of(learning, tables)]
    assert names == ["stn", "second", "third"]
    assert notes_of(learning, tables) == ["Shown are the first 3 models in the run's order; left out: fourth."]


def test_one_epoch_is_no_training(degrees):
    group = degrees.samples.introspections["stn"].learning
    first = {name: getattr(group, name)[:1] for name in ("theta_epochs", "theta_by_epoch", "attended_by_epoch")}
    assert not list(learning(with_arrays(degrees, "stn", "learning", **first)))
