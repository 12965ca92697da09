import pytest

from fixtures.comparison_runs import MODELS, SAME, answers, store, swept, without_rows
from fixtures.suites import STREWN, TURN
from runbench.analysis.comparison.compare import compare
from runbench.errors import ConflictError
from runbench.store.run import read_run


@pytest.mark.slow
@pytest.mark.parametrize("stored", ["with rows", "without rows"])
def test_a_run_does_not_differ_from_itself(stored, tmp_path):
    cells = [answers(suite, model, seed) for suite in (TURN, STREWN) for model in MODELS for seed in (0, 1)]
    folder = store(tmp_path / "first", cells)
    if stored == "without rows":
        without_rows(folder)
    compared = compare(read_run(folder), read_run(folder))
    rows = compared.comparison
    assert len(rows) == len(MODELS) * (2 * len(TURN.levels) + 2 + 2)
    assert (rows["difference"] == 0).all()
    assert (rows["value_a"] == rows["value_b"]).all()
    assert not rows["separated"].any()
    assert (rows["paired"] == (stored == "with rows")).all()
    assert compared.settings.empty
    assert (compared.costs["value_a"] == compared.costs["value_b"]).all()


def test_a_suite_on_other_images_is_left_out_with_the_reason(runs, tmp_path):
    parameters = SAME["test_images"] | {"turn": "other images"}
    other = store(
        tmp_path / "other", [answers(suite, "stn", network=3) for suite in (TURN, STREWN)], test_images=parameters
    )
    same = store(tmp_path / "same", [answers(suite, "stn") for suite in (TURN, STREWN)])
    compared = compare(read_run(same), read_run(other))
    assert set(compared.comparison["suite"]) == {"strewn"}
    assert compared.refused == {"turn": "the test images differ: the parameters have another sha256"}


@pytest.mark.parametrize(
    ("entries", "suite", "reason"),
    [
        ({"test_images": {}}, TURN, "the manifest of B does not say which test images were drawn"),
        ({"identity": SAME["identity"] | {"limit": 50}}, TURN, "--limit is none in A and 50 in B"),
        ({"identity": SAME["identity"] | {"data_sha256": "4"}}, TURN, "data is 0123 in A and 4 in B"),
        ({}, STREWN, "turn: B has no numbers for it"),
    ],
)
def test_where_no_suite_is_left_one_line_says_why(tmp_path, entries, suite, reason):
    first = store(tmp_path / "first", [answers(TURN, "stn")])
    second = store(tmp_path / "second", [answers(suite, "stn")], **entries)
    with pytest.raises(ConflictError) as refused:
        compare(read_run(first), read_run(second))
    message = str(refused.value)
    assert message.startswith("first and second have no suite that can be compared (turn: ")
    assert reason in message
    assert "\n" not in message
    assert refused.value.exit_code == 4


def test_neither_run_is_changed(runs):
    before = [{path: path.read_bytes() for path in run.rglob("*") if path.is_file()} for run in runs]
    compare(*map(read_run, runs))
    assert before == [{path: path.read_bytes() for path in run.rglob("*") if path.is_file()} for run in runs]


def test_a_suite_that_this_version_does_not_have_is_compared_all_the_same(runs, compared):
    strange = swept(compare(*map(read_run, runs)).comparison).loc["turn", "stn"]
    assert strange.to_dict() == pytest.approx(swept(compared.comparison).loc["turn", "stn"].to_dict(), nan_ok=True)
