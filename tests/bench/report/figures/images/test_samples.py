import json

from fixtures.reports import composed
from runbench.store import files


def test_pairs_among_the_samples_have_both_labels_and_both_answers(kinds):
    table = composed(kinds).sections[2].figures[2].table
    assert list(table.columns[2:7]) == ["label", "label_2", "level", "predicted", "predicted_2"]
    whole = table[table["predicted"] >= 0].iloc[1:]
    assert (whole["predicted"] <= whole["predicted_2"]).all()


def test_class_names_stand_below_the_samples_unless_they_are_the_numbers(small):
    described = json.loads((small / "manifest.json").read_text())

    def caption(*classes):
        described["data"]["classes"] = list(classes)
        files.write_json(small / "manifest.json", described)
        (section,) = composed(small).sections
        return next(shown.caption for shown in section.figures if shown.name == "turn-samples")

    assert "Classes: 0 T-shirt, 1 trouser." in caption("T-shirt", "trouser")
    assert "Classes" not in caption("0", "1")
    assert "Classes" not in caption()
