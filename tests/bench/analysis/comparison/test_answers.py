import pytest

from fixtures.comparison_runs import MODELS, answers, rows_of, store, without_rows
from fixtures.suites import TURN
from runbench.analysis.comparison.answers import score_answers
from runbench.analysis.comparison.compare import compare
from runbench.analysis.comparison.matching import Match
from runbench.errors import DamagedFileError
from runbench.store.run import read_run


def test_a_damaged_table_is_not_paired_and_named(runs, tmp_path):
    first = store(tmp_path / "first", [answers(TURN, model) for model in MODELS])
    damaged = first / "predictions" / "turn" / "stn-seed0.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-9])
    second = store(tmp_path / "second", [answers(TURN, model) for model in MODELS])
    compared = compare(read_run(first), read_run(second))
    assert compared.comparison.groupby("model")["paired"].all().to_dict() == {"baseline": True, "stn": False}
    assert any("stn-seed0.parquet is not the file" in n and "anew: stn on turn" in n for n in compared.notes)


def test_networks_are_named_by_their_run_and_seeds_numbered_by_their_place(tmp_path):
    folders = [
        store(tmp_path / "first", [answers(TURN, "stn", seed) for seed in (1, 4)]),
        store(tmp_path / "second", [answers(TURN, "stn", seed) for seed in (0, 2)]),
    ]
    match = Match("turn", "stn", (1, 4), (2, 0))
    found = score_answers(read_run(folders[0]), read_run(folders[1]), match, TURN)
    assert [(cell.model, cell.seed) for cell in found] == [("A", 0), ("A", 1), ("B", 0), ("B", 1)]
    expected = [rows_of(folders[0], "turn", "stn", seed) for seed in match.seeds_a]
    expected += [rows_of(folders[1], "turn", "stn", seed) for seed in match.seeds_b]
    for cell, rows in zip(found, expected, strict=True):
        assert (rows.to_numpy().reshape(len(TURN.levels), -1) == cell.correct.T).all()


def test_a_run_without_rows_is_named_by_its_letter(runs, tmp_path):
    without = without_rows(store(tmp_path / "second", [answers(TURN, "stn")]))
    match = Match("turn", "stn", (0,), (0,))
    with pytest.raises(DamagedFileError, match="B was stored without per-sample rows"):
        score_answers(read_run(runs[0]), read_run(without), match, TURN)
