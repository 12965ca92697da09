import re

from fixtures.comparison_runs import answers, store
from fixtures.suites import TURN
from runbench.analysis.comparison.compare import compare
from runbench.report.comparison.terminal import render_comparison
from runbench.store.files import read_json, write_json
from runbench.store.run import read_run


def test_the_terminal_shows_a_row_for_each_suite_and_model(compared):
    text = render_comparison(compared)
    assert "A is first, B is second" in text
    assert "turn: area under the curve on 60 test images" in text
    assert "strewn: exact match on the set on 60 test images" in text
    rows = compared.comparison[compared.comparison["level"].isna()]
    for row in rows.to_dict(orient="records"):
        assert re.search(rf"{row['model']} +{100 * row['value_a']:.1f} +{100 * row['value_b']:.1f} ", text)
    assert max(map(len, text.splitlines())) <= 100


def test_unlike_machines_have_no_table_of_costs_but_the_reason(tmp_path):
    folders = [store(tmp_path / name, [answers(TURN, "stn")]) for name in ("first", "second")]
    manifest = read_json(folders[1] / "manifest.json")
    manifest["hardware"]["cpu"] = "four cores"
    write_json(folders[1] / "manifest.json", manifest)
    compared = compare(*map(read_run, folders))
    assert compared.costs.empty
    assert compared.unlike == ("cpu is two cores in A and four cores in B",)
    assert "Costs are not compared: cpu is two cores in A and four cores in B." in render_comparison(compared)
