import json

import pytest

from fixtures.reports import composed
from fixtures.runs import write_run
from runbench.store import files
from runbench.store.tables import read_metrics
from runbench.suites import SUITES


def test_published_numbers_stand_beside_ours(tmp_path):
    run = write_run(tmp_path / "set", models=("stn",), suites=(SUITES["stn-tc"],), images=40)
    described = json.loads((run / "manifest.json").read_text())
    described["data"] |= {"training_images": 7000, "name": "mnist10k"}
    files.write_json(run / "manifest.json", described)
    (section,) = composed(run).sections
    rows = {row[0].text: row for row in section.published.table.rows}
    assert rows["ST-CNN"][1].text == "1.7"
    assert "grade P" in rows["ST-CNN"][3].detail
    metrics = read_metrics(run / "metrics.parquet")
    (accuracy,) = metrics.loc[(metrics["metric"] == "accuracy") & (metrics["subset"] == "all"), "value"]
    assert float(rows["stn"][1].text) == pytest.approx(100 - 100 * accuracy, abs=0.005)
    assert "augmented regime; 101,500 parameters" in rows["stn"][2].text
    assert "preset smoke, 7,000 training images of mnist10k, trained once" in section.published.differs
