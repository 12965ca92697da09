import numpy as np
import pytest

from fixtures.comparison_runs import MODELS, answers, rows_of, store, swept
from fixtures.suites import TURN
from runbench.analysis.comparison.compare import compare
from runbench.errors import ConflictError
from runbench.store.run import read_run


def test_other_levels_are_named(tmp_path):
    first = store(tmp_path / "first", [answers(TURN, "stn")])
    fewer = answers(TURN, "stn")
    second = store(tmp_path / "second", [fewer[fewer["level"] < 2]])
    with pytest.raises(ConflictError, match=r"turn: the levels differ: only A has 2\)"):
        compare(read_run(first), read_run(second))


def test_shared_seeds_are_pairs_and_others_are_left_out(tmp_path):
    first = store(tmp_path / "first", [answers(TURN, "stn", seed) for seed in (0, 1, 2)])
    second = store(tmp_path / "second", [answers(TURN, "stn", seed, network=seed + 9) for seed in (1, 2, 5)])
    compared = compare(read_run(first), read_run(second))
    rows = compared.comparison
    levels = rows[rows["level"].notna()]
    assert set(zip(levels["seed_a"], levels["seed_b"], strict=True)) == {(1, 1), (2, 2)}
    areas = [
        [np.trapezoid(curve, curve.index) / 3 for seed in (1, 2)]
        for folder in (first, second)
        for curve in [sum(rows_of(folder, "turn", "stn", seed).groupby("level").mean() for seed in (1, 2)) / 2]
    ]
    assert swept(rows)["value_a"].tolist() == pytest.approx(areas[0][:1], abs=1e-8)
    assert swept(rows)["difference"].tolist() == pytest.approx([areas[0][0] - areas[1][0]], abs=1e-8)
    assert "Seed 0 of A has no counterpart and is left out: stn on turn." in compared.notes
    assert "Seed 5 of B has no counterpart and is left out: stn on turn." in compared.notes


def test_other_seeds_stand_side_by_side_in_their_order_and_it_is_said(tmp_path):
    first = store(tmp_path / "first", [answers(TURN, "stn", seed) for seed in (4, 1)])
    second = store(tmp_path / "second", [answers(TURN, "stn", seed) for seed in (0, 2, 3)])
    compared = compare(read_run(first), read_run(second))
    levels = compared.comparison[compared.comparison["level"].notna()]
    assert set(zip(levels["seed_a"], levels["seed_b"], strict=True)) == {(1, 0), (4, 2)}
    assert levels["paired"].all()
    said = [note for note in compared.notes if "share no training seed" in note]
    assert len(said) == 1
    assert "(1 and 4 in A, 0, 2 and 3 in B)" in said[0]
    assert said[0].endswith("stn on turn.")
    assert "Seed 3 of B has no counterpart and is left out: stn on turn." in compared.notes


def test_models_of_one_run_alone_are_named(tmp_path):
    first = store(tmp_path / "first", [answers(TURN, model) for model in MODELS])
    second = store(tmp_path / "second", [answers(TURN, model) for model in ("stn", "capsnet")])
    compared = compare(read_run(first), read_run(second))
    assert set(compared.comparison["model"]) == {"stn"}
    assert {"Only A has baseline: turn.", "Only B has capsnet: turn."} <= set(compared.notes)
