from fixtures.reports import composed
from runbench.store.tables import read_metrics


def test_attained_overlap_is_shown_with_its_counts(kinds):
    table = composed(kinds).sections[2].figures[1].table
    metrics = read_metrics(kinds / "metrics.parquet")
    of_stn = metrics[(metrics["suite"] == "strewn") & (metrics["model"] == "stn") & metrics["level"].notna()]
    exact = table[(table["model"] == "stn") & (table["title"] == "exact match")]
    expected = of_stn[(of_stn["metric"] == "accuracy") & (of_stn["subset"] != "all")]
    assert exact["value"].tolist() == expected["value"].tolist()
    assert exact["count"].sum() == 60
    assert exact["subset"].tolist() == [name.removeprefix("attained ") for name in expected["subset"]]
