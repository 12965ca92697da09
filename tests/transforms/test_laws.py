"""Laws that every transform of every suite keeps."""

from pkgutil import resolve_name

import pytest
import torch

from bench.suites import SUITES

COUNT = 12


@pytest.fixture(params=SUITES.values(), ids=SUITES)
def suite(request):
    return request.param


@pytest.fixture
def images(suite):
    return torch.rand(COUNT, 1, suite.canvas, suite.canvas, generator=torch.Generator().manual_seed(0))


def transforms(suite):
    return [resolve_name(suite.transform)(level) for level in suite.levels]


def draws(suite, count):
    return resolve_name(suite.transform)(suite.identity).draw(count, torch.Generator().manual_seed(7))


def test_the_suites_identity_is_the_transforms(suite):
    family = resolve_name(suite.transform)
    assert family.identity == suite.identity
    assert suite.identity in suite.levels


def test_identity_is_identity(suite, images):
    family = resolve_name(suite.transform)
    table = draws(suite, COUNT)
    assert torch.equal(family(suite.identity)(images, table), images)
    # and so is the computation behind it
    applied = family(suite.levels[-1]).apply(images, torch.full((COUNT,), suite.identity), table)
    assert torch.allclose(applied, images, atol=1e-5)


def test_images_stay_between_black_and_white(suite, images):
    for transform in transforms(suite):
        changed = transform(images, draws(suite, COUNT))
        assert changed.shape == images.shape
        assert changed.dtype == images.dtype
        assert changed.min() >= 0
        assert changed.max() <= 1


def test_no_transform_writes_into_its_input(suite, images):
    before = images.clone()
    for transform in transforms(suite):
        transform(images, draws(suite, COUNT))
    assert torch.equal(images, before)


def test_chunks_equal_the_whole(suite, images):
    table = draws(suite, COUNT)
    for transform in transforms(suite):
        whole = transform(images, table)
        chunks = [transform(images[part], table[part]) for part in torch.arange(COUNT).split(5)]
        assert torch.allclose(torch.cat(chunks), whole, atol=1e-6)


def test_draws_depend_on_the_generator_alone(suite):
    assert torch.equal(draws(suite, COUNT), draws(suite, COUNT))
    levels = [transform.draw(COUNT, torch.Generator().manual_seed(7)) for transform in transforms(suite)]
    assert all(torch.equal(table, levels[0]) for table in levels)


def test_every_other_level_changes_an_image(suite, images):
    for transform in transforms(suite):
        if transform.level != suite.identity:
            assert not torch.allclose(transform(images, draws(suite, COUNT)), images, atol=1e-3)
