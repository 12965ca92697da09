from dataclasses import replace

from runbench.pipeline.configuration import cells
from runbench.suites import SUITES


def test_cells_are_every_suite_seed_and_model(configuration):
    several = replace(configuration, seeds=(0, 3))
    assert [cell.address for cell in cells(several)] == [
        "rotation/linear-seed0",
        "rotation/linear-augmented-seed0",
        "rotation/linear-seed3",
        "rotation/linear-augmented-seed3",
    ]


def test_a_suite_may_have_models_of_its_own(configuration):
    two = replace(
        configuration,
        suites=(SUITES["rotation"], SUITES["scale"]),
        models_of={"scale": ("linear-augmented",)},
    )
    assert [cell.address for cell in cells(two)] == [
        "rotation/linear-seed0",
        "rotation/linear-augmented-seed0",
        "scale/linear-augmented-seed0",
    ]
    assert [(suite.name, model.name) for suite, model in two.suites_and_models] == [
        ("rotation", "linear"),
        ("rotation", "linear-augmented"),
        ("scale", "linear-augmented"),
    ]


def test_runs_lie_beside_each_other_and_share_checkpoints(configuration, tmp_path):
    assert configuration.folder.path.parent == tmp_path / "results"
    assert replace(configuration, name="other").checkpoints == configuration.checkpoints
