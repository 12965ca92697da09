import json
from dataclasses import replace
from functools import cache

from runbench.experiment import Cell
from runbench.models.fingerprint import network_fingerprint
from runbench.models.registry import get_model
from runbench.pipeline.keys import cell_identity, key_of, run_identity, training_identity
from runbench.suites import SUITES

SUITE = SUITES["rotation"]


@cache
def fingerprint_of(model, canvas):
    return network_fingerprint(get_model(model), 1, 10, (canvas, canvas), "smoke")


def network_of(cell):
    return fingerprint_of(cell.model.name, cell.suite.canvas)


def identities(configuration, cell, weights=None):
    run = run_identity(configuration, "data", "cpu")
    training = training_identity(cell, run, network_of(cell), weights)
    return training, cell_identity(cell, run, training)


def test_what_decides_the_numbers_changes_the_key(configuration):
    cell = Cell(SUITE, get_model("augmented"), 0)
    training, rows = identities(configuration, cell)
    for change in ({"preset": "paper"}, {"precision": "bf16"}, {"threads": 7}):
        assert key_of(identities(replace(configuration, **change), cell)[0]) != key_of(training)
    for other in (
        replace(cell, seed=1),
        replace(cell, model=get_model("stn")),
        replace(cell, model=get_model("baseline")),
    ):
        assert key_of(identities(configuration, other)[0]) != key_of(training)
    limited = identities(replace(configuration, limit=7), cell)
    assert key_of(limited[0]) == key_of(training)
    assert key_of(limited[1]) != key_of(rows)


def test_what_decides_nothing_changes_no_key(configuration):
    cell = Cell(SUITE, get_model("augmented"), 0)
    for change in ({"batch_size": 1}, {"name": "other"}, {"seeds": (0, 1)}, {"models": ()}):
        assert identities(replace(configuration, **change), cell) == identities(configuration, cell)


def test_clean_models_of_two_suites_with_one_canvas_are_trained_once(configuration):
    other = replace(
        SUITE, name="other", transform="runbench.transforms.geometric:Other", training_range=(0.0, 1.0)
    )
    for model, alike in (("baseline", True), ("augmented", False)):
        keys = {key_of(identities(configuration, Cell(suite, get_model(model), 0))[0]) for suite in (SUITE, other)}
        assert (len(keys) == 1) is alike


def test_given_weights_are_all_that_decides(configuration):
    cell = Cell(SUITE, get_model("augmented"), 0)
    given = identities(configuration, cell, weights="abc")[0]
    assert given == identities(replace(configuration, threads=7), cell, weights="abc")[0]
    assert given != identities(configuration, cell, weights="abd")[0]


def test_what_an_augmented_model_sees_is_the_suites_whole_change(configuration):
    affine, rotated = SUITES["affine"], replace(SUITES["affine"], options={"rotation": 90.0})
    placed = replace(affine, placement="centred")
    for model, kept in (("augmented", 3), ("baseline", 2)):
        keys = {
            key_of(identities(configuration, Cell(suite, get_model(model), 0))[0])
            for suite in (affine, rotated, placed)
        }
        assert len(keys) == kept


def test_identities_are_as_json_gives_them_back(configuration):
    for suite in SUITES.values():
        for identity in identities(configuration, Cell(suite, get_model("augmented"), 0)):
            assert json.loads(json.dumps(identity)) == identity


def test_the_clean_models_of_all_suites_with_one_canvas_and_placement_are_the_same(configuration):
    keys: dict[tuple[int, str], set[str]] = {}
    for suite in SUITES.values():
        training, _ = identities(configuration, Cell(suite, get_model("capsnet"), 0))
        keys.setdefault((suite.canvas, suite.placement), set()).add(key_of(training))
    assert all(len(same) == 1 for same in keys.values())
    assert len(keys) == len(set.union(*keys.values())) == 6


def test_the_numerics_version_and_not_the_packages_own_changes_every_key(configuration, monkeypatch):
    cell = Cell(SUITE, get_model("baseline"), 0)
    before = key_of(identities(configuration, cell)[0])
    monkeypatch.setattr("runbench.__version__", "99.0")
    assert key_of(identities(configuration, cell)[0]) == before
    monkeypatch.setattr("runbench.pipeline.keys.NUMERICS_VERSION", 99)
    assert key_of(identities(configuration, cell)[0]) != before


def test_where_a_builder_or_a_transform_lies_changes_no_key(configuration):
    cell = Cell(SUITE, get_model("augmented"), 0)
    module, _, name = SUITE.transform.partition(":")
    moved = replace(cell, suite=replace(SUITE, transform=f"{module}.elsewhere:{name}"))
    caption = replace(cell, model=replace(cell.model, summary="another caption"))
    for other in (moved, caption):
        assert identities(configuration, other) == identities(configuration, cell)
