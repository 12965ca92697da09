"""Laws that every transform of every suite keeps."""

import math
from itertools import pairwise

import pytest
import torch

from runbench.data.test_images import lay_out
from runbench.suites import SUITES
from runbench.transforms.base import CoordinateChange, LevelError
from runbench.transforms.parts import Parts

COUNT = 12

ALONE = [suite for suite in SUITES.values() if suite.at(suite.levels[0]).identity is not None]
"""The suites whose images are of one object, which some level leaves as it is."""


@pytest.fixture(params=SUITES.values(), ids=SUITES)
def suite(request):
    return request.param


@pytest.fixture(params=ALONE, ids=[suite.name for suite in ALONE])
def alone(request):
    return request.param


@pytest.fixture(params=["digits", "noise"])
def images(suite, lay, request):
    return lay(suite, COUNT) if request.param == "digits" else noise(suite)


def noise(suite):
    shape = (COUNT, suite.objects, suite.canvas, suite.canvas)
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def transforms(suite):
    return [suite.at(level) for level in suite.levels]


def parameters(suite, count, seed=7):
    return suite.at(suite.levels[0]).sample_parameters(count, torch.Generator().manual_seed(seed))


def test_images_of_one_object_have_the_suites_identity(alone):
    assert alone.objects == 1
    assert alone.at(alone.levels[0]).identity == alone.identity


def test_identity_is_identity(alone, lay):
    for images in (lay(alone, COUNT), noise(alone)):
        assert torch.equal(alone.at(alone.identity)(images, parameters(alone, COUNT)), images)


def test_the_computation_behind_the_identity_gives_the_image_back(alone, lay):
    transform = alone.at(alone.levels[-1])
    # Only resampling rounds: whole pixels and intensities come back bit by bit
    tolerance = 1e-5 if isinstance(transform, CoordinateChange) else 0.0
    for images in (lay(alone, COUNT), noise(alone)):
        applied = transform.apply(images, torch.full((COUNT,), alone.identity), parameters(alone, COUNT))
        assert (applied - images).abs().max() <= tolerance


def test_one_image_comes_of_the_objects_between_black_and_white(suite, images):
    for transform in transforms(suite):
        changed = transform(images, parameters(suite, COUNT))
        assert changed.shape == (COUNT, 1, suite.canvas, suite.canvas)
        assert changed.dtype == images.dtype
        assert changed.min() >= 0
        assert changed.max() <= 1


@pytest.mark.parametrize("channels", [2, 3])
def test_all_channels_of_an_image_are_moved_alike(alone, lay, channels):
    grey = lay(alone, COUNT)
    for transform in transforms(alone):
        if isinstance(transform, (CoordinateChange, Parts)):
            coloured = transform(grey.repeat(1, channels, 1, 1), parameters(alone, COUNT))
            expected = transform(grey, parameters(alone, COUNT)).expand_as(coloured)
            assert torch.allclose(coloured, expected, atol=1e-6)


def test_no_transform_writes_into_its_input(suite, images):
    before, table = images.clone(), parameters(suite, COUNT)
    for transform in transforms(suite):
        transform(images, table)
        transform.attained(images, table)
    assert torch.equal(images, before)
    assert torch.equal(table, parameters(suite, COUNT))


def test_chunks_equal_the_whole(suite, images):
    table = parameters(suite, COUNT)
    for transform in transforms(suite):
        whole = transform(images, table)
        chunks = [transform(images[part], table[part]) for part in torch.arange(COUNT).split(5)]
        assert torch.allclose(torch.cat(chunks), whole, atol=1e-6)


def test_a_level_of_its_own_for_each_image_equals_one_level_for_all(suite, images):
    table = parameters(suite, COUNT)
    own = torch.tensor(suite.levels).repeat(COUNT)[:COUNT]
    together = suite.at(suite.levels[-1]).apply(images, own, table)
    for index, level in enumerate(own.tolist()):
        one = slice(index, index + 1)
        assert torch.allclose(suite.at(level)(images[one], table[one]), together[one], atol=1e-5)


def test_draws_depend_on_the_generator_alone(suite):
    state = torch.get_rng_state()
    table = parameters(suite, COUNT)
    torch.rand(5)
    assert torch.equal(table, parameters(suite, COUNT))
    if table.numel():
        assert not torch.equal(table, parameters(suite, COUNT, seed=8))
    torch.set_rng_state(state)
    parameters(suite, COUNT)
    assert torch.equal(torch.get_rng_state(), state)


def test_an_image_keeps_its_draw_at_every_level(suite):
    tables = [
        transform.sample_parameters(COUNT, torch.Generator().manual_seed(7)) for transform in transforms(suite)
    ]
    assert all(torch.equal(table, tables[0]) for table in tables)


def test_neither_limit_nor_batch_size_nor_order_changes_an_image_or_a_draw(suite, digits):
    split, cpu = digits.first(30), torch.device("cpu")
    whole, part = (lay_out(suite, "digits", split, count) for count in (None, COUNT))
    assert len(whole.parameters) == 30
    assert torch.equal(part.parameters, whole.parameters[:COUNT])
    assert (part.labels == whole.labels[:COUNT]).all()
    together = part.objects(torch.arange(COUNT), cpu)
    batches = [whole.objects(batch, cpu) for batch in whole.batches(7)]
    assert torch.equal(torch.cat(batches)[:COUNT], together)
    backwards = torch.arange(COUNT - 1, -1, -1)
    assert torch.equal(part.objects(backwards, cpu), together.flip(0))


def test_every_other_level_changes_every_digit(alone, lay):
    images = lay(alone, COUNT)
    for transform in transforms(alone):
        if transform.level != alone.identity:
            change = (transform(images, parameters(alone, COUNT)) - images).abs()
            assert change.amax(dim=(1, 2, 3)).min() > 1e-3


def test_neighbouring_levels_give_different_images(suite, lay):
    images = lay(suite, COUNT)
    levels = [transform(images, parameters(suite, COUNT)) for transform in transforms(suite)]
    for before, after in pairwise(levels):
        assert not torch.allclose(before, after, atol=1e-3)


def test_levels_are_attained_exactly_or_said_for_each_image(suite, lay):
    attained = [transform.attained(lay(suite, COUNT), parameters(suite, COUNT)) for transform in transforms(suite)]
    assert all((one is not None) == ("attained_level" in suite.further_metrics) for one in attained)
    assert all(one.shape == (COUNT,) for one in attained if one is not None)


@pytest.mark.parametrize("level", [math.nan, math.inf, -math.inf])
def test_a_level_that_is_no_finite_number_is_refused(suite, level):
    with pytest.raises(LevelError, match="not a finite number"):
        suite.at(level)


def test_a_level_below_the_least_is_refused(suite):
    least = type(suite.at(suite.levels[0])).least
    assert least <= suite.domain[0]
    if math.isfinite(least):
        with pytest.raises(LevelError, match="is below"):
            suite.at(least - 1)
