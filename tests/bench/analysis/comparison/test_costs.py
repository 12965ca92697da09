import pytest

from fixtures.comparison_runs import answers, store
from fixtures.suites import TURN
from runbench.analysis.comparison.compare import compare
from runbench.analysis.comparison.costs import unlike_machines
from runbench.store.files import read_csv, read_json, write_csv, write_json
from runbench.store.run import read_run

ALIKE = {
    "hardware": {"device": "cpu", "processor": "one"},
    "configuration": {"threads": 2, "precision": "fp32", "limit": 5},
    "versions": {"torch": "2.11.0", "pandas": "2"},
}


@pytest.mark.parametrize(
    ("part", "entry", "value", "reason"),
    [
        ("hardware", "processor", "two", "processor is one in A and two in B"),
        ("configuration", "threads", 4, "threads is 2 in A and 4 in B"),
        ("configuration", "precision", "bf16", "precision is fp32 in A and bf16 in B"),
        ("versions", "torch", "3", "torch is 2.11.0 in A and 3 in B"),
    ],
)
def test_machines_are_alike_in_all_that_decides_how_long_work_takes(part, entry, value, reason):
    assert unlike_machines(ALIKE, ALIKE) == ()
    other = ALIKE | {part: ALIKE[part] | {entry: value}}
    assert unlike_machines(ALIKE, other) == (reason,)


def test_other_versions_and_limits_do_not_keep_machines_apart():
    other = ALIKE | {
        "versions": {"torch": "2.11.0", "pandas": "3"},
        "configuration": ALIKE["configuration"] | {"limit": 9},
    }
    assert unlike_machines(ALIKE, other) == ()


def test_what_is_not_recorded_is_not_alike():
    assert unlike_machines(ALIKE, {}) == tuple(
        f"{name} is not recorded in B" for name in ("hardware", "threads", "precision", "torch")
    )


def test_costs_of_like_machines_stand_side_by_side(tmp_path):
    first, second = (store(tmp_path / name, [answers(TURN, "stn")]) for name in ("first", "second"))
    costs = read_csv(second / "costs.csv")
    costs.loc[costs["metric"] == "latency", ["value", "low", "high"]] *= 2
    write_csv(second / "costs.csv", costs)
    compared = compare(read_run(first), read_run(second))
    assert compared.unlike == ()
    ratios = compared.costs.set_index("metric")["ratio"]
    assert ratios["latency"] == pytest.approx(0.5)
    assert ratios.drop(["latency", "auxiliary_parameters"]).tolist() == pytest.approx([1.0] * (len(ratios) - 2))
    # 0 over 0 is no ratio
    assert ratios.isna().to_dict()["auxiliary_parameters"]


def test_costs_of_unlike_machines_do_not(tmp_path):
    first, second = (store(tmp_path / name, [answers(TURN, "stn")]) for name in ("first", "second"))
    manifest = read_json(second / "manifest.json")
    manifest["hardware"]["cpu"] = "four cores"
    write_json(second / "manifest.json", manifest)
    compared = compare(read_run(first), read_run(second))
    assert compared.costs.empty
    assert compared.unlike == ("cpu is two cores in A and four cores in B",)
