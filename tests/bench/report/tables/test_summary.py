import pytest

from fixtures.reports import composed
from runbench.store import files


def test_an_auroc_is_not_written_in_percent(kinds):
    section = composed(kinds).sections[0]
    column = section.summary.heading.index("intact or not: AUROC")
    stored = files.read_csv(kinds / "summary.csv").set_index("suite").loc["break"]
    assert [float(row[column].text) for row in section.summary.rows] == pytest.approx(
        stored["mean_intact_auroc"].tolist(), abs=5e-4
    )
