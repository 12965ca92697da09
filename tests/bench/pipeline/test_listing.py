import pandas as pd

from runbench.models.registry import registered_models
from runbench.pipeline.listing import LISTINGS, list_datasets, list_metrics, list_models, list_suites
from runbench.suites import SUITES


def test_models_stand_under_their_families_with_parameters_and_reference():
    blocks = [block.splitlines() for block in str(list_models()).split("\n\n")]
    families = list(dict.fromkeys(spec.group for spec in registered_models()))
    assert [block[0] for block in blocks] == [f"models: {family}" for family in families]
    for spec in registered_models():
        (line,) = [line for block in blocks for line in block[1:] if line.split()[0] == spec.name]
        assert f"{spec.parameters:,}" in line
        assert spec.summary in line
        assert line.endswith(spec.reference)


def test_columns_are_aligned_over_all_families():
    lines = [line for line in str(list_models()).splitlines() if line.startswith("  ")]
    starts = {line.index(f" {spec.regime} ", 12) for line, spec in zip(lines, registered_models(), strict=True)}
    assert len(starts) == 1


def test_a_pattern_selects_by_name():
    assert list_suites("parts*").names == ("parts-apart", "parts-halves", "parts-exchange")
    assert set(list_models("*capsnet*").names) == {
        spec.name for spec in registered_models() if "capsnet" in spec.name
    }
    assert list_metrics("accuracy").names == ("accuracy",)
    assert str(list_datasets("nothing")) == "datasets: none"


def test_every_suite_says_its_axis_levels_and_training():
    rows = {row["name"]: row for row in list_suites()}
    assert list(rows) == list(SUITES)
    assert rows["translation"]["levels"] == "17, 0 to 8"
    assert rows["translation"]["trained on"] == "0 to 4"
    assert rows["stn-tc"]["axis"] == "a set"
    assert rows["multimnist"]["axis"] == "a set of pairs"


def test_datasets_name_the_folder_of_ones_own():
    assert list_datasets()[-1]["name"] == "folder:PATH"


def test_a_listing_is_a_sequence_that_a_frame_is_made_of():
    listing = list_datasets()
    assert pd.DataFrame(listing)["name"].tolist() == list(listing.names)
    assert listing[:2] == listing.rows[:2]


def test_a_notebook_shows_every_row_and_escapes_what_people_wrote():
    for list_all in LISTINGS.values():
        listing = list_all()
        assert listing._repr_html_().count("<tr>") == len(listing) + 1
    assert "MNIST&#x27;s" in list_datasets("mnist10k")._repr_html_()
