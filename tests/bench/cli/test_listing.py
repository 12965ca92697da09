from runbench.cli.listing import LISTED, listing_of, render_listing
from runbench.models.registry import registered_models
from runbench.suites import SUITES


def test_models_stand_under_their_families_with_parameters_and_reference():
    text = render_listing(listing_of(["models"]))
    blocks = [block.splitlines() for block in text.split("\n\n")]
    families = list(dict.fromkeys(spec.group for spec in registered_models()))
    assert [block[0] for block in blocks] == [f"models: {family}" for family in families]
    for spec in registered_models():
        (line,) = [line for block in blocks for line in block[1:] if line.split()[0] == spec.name]
        assert f"{spec.parameters:,}" in line
        assert spec.summary in line
        assert line.endswith(spec.reference)


def test_columns_are_aligned_over_all_families():
    lines = [line for line in render_listing(listing_of(["models"])).splitlines() if line.startswith("  ")]
    starts = {line.index(f" {spec.regime} ", 12) for line, spec in zip(lines, registered_models(), strict=True)}
    assert len(starts) == 1


def test_every_suite_says_its_axis_levels_and_training():
    rows = {row["name"]: row for row in listing_of(["suites"])["suites"]}
    assert list(rows) == list(SUITES)
    assert rows["translation"]["levels"] == "17, 0 to 8"
    assert rows["translation"]["trained on"] == "0 to 4"
    assert rows["stn-tc"]["axis"] == "a set"
    assert rows["multimnist"]["axis"] == "a set of pairs"


def test_datasets_name_the_folder_of_ones_own():
    assert listing_of(LISTED)["datasets"][-1]["name"] == "folder:PATH"
