from fixtures.comparison_runs import answers, store
from fixtures.suites import TURN
from runbench.analysis.comparison.compare import compare
from runbench.report.comparison.page import compose
from runbench.store.run import read_run


def test_verdicts_name_the_better_run(tmp_path):
    right = answers(TURN, "stn").assign(correct=True)
    wrong = right.assign(correct=False)
    first, second = store(tmp_path / "first", [right]), store(tmp_path / "second", [wrong])
    for pair, verdict in (((first, second), "A is higher"), ((second, first), "B is higher")):
        (section,) = compose(compare(*map(read_run, pair))).sections
        ((_, a, b, difference, _, said, apart),) = section.summary.rows
        assert said.text == verdict
        assert {a.text, b.text} == {"100.0", "0.0"}
        assert difference.text.endswith("100.0 points")
        assert apart.text == "4 of 4"
