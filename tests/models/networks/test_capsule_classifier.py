import math

import pytest
import torch

from runbench.models.networks.attention_capsnet import build_attention_capsnet
from runbench.models.networks.capsnet import build_capsnet

BUILDERS = [build_capsnet, build_attention_capsnet]


def pairs_of(*pairs):
    present = torch.zeros(len(pairs), 10)
    for row, pair in enumerate(pairs):
        present[row, list(pair)] = 1
    return present


def margin_of(row, present):
    return sum(
        max(0, 0.9 - length) ** 2 if index in present else 0.5 * max(0, length - 0.1) ** 2
        for index, length in enumerate(row)
    )


@pytest.mark.parametrize("build", BUILDERS)
def test_a_pair_apart_compares_the_merged_drawings_with_the_image(build):
    torch.manual_seed(0)
    model = build(1, 10, (28, 28), "smoke", reconstruction="apart").eval()
    images, pairs = torch.rand(2, 1, 28, 28), ((2, 5), (0, 9))
    capsules = model.capsules(images)
    each = model.reconstruct_each(capsules)
    expected = 0.0
    for row, (first, second) in enumerate(pairs):
        merged = (each[row, first] + each[row, second]).clamp(max=1)
        expected += margin_of(capsules[row].norm(dim=1).tolist(), pairs[row])
        expected += 0.0005 * (merged - images[row]).square().sum().item()
    assert model.loss(images, pairs_of(*pairs)).item() == pytest.approx(expected / 2, rel=1e-5)


@pytest.mark.parametrize("build", BUILDERS)
def test_apart_and_together_agree_on_single_labels_and_differ_on_pairs(build):
    torch.manual_seed(0)
    together = build(1, 10, (28, 28), "smoke", reconstruction="together").eval()
    apart = build(1, 10, (28, 28), "smoke").eval()
    apart.load_state_dict(together.state_dict())
    images, labels = torch.rand(2, 1, 28, 28), torch.tensor([3, 7])
    torch.testing.assert_close(apart.loss(images, labels), together.loss(images, labels))
    pairs = pairs_of((3, 7), (1, 2))
    assert apart.loss(images, pairs).item() != pytest.approx(together.loss(images, pairs).item(), rel=1e-3)


@pytest.mark.parametrize("build", BUILDERS)
def test_each_drawing_is_a_reconstruction_from_one_capsule(build):
    model = build(3, 10, (40, 36), "smoke").eval()
    capsules = torch.rand(2, 10, 16)
    each = model.reconstruct_each(capsules)
    assert each.shape == (2, 10, 3, 40, 36)
    for index in (0, 9):
        alone = model.reconstruct(capsules, torch.eye(10)[[index, index]])
        torch.testing.assert_close(each[:, index], alone)


@pytest.mark.parametrize("build", BUILDERS)
@pytest.mark.parametrize("pairs", [False, True], ids=["labels", "pairs"])
def test_cross_entropy_is_that_of_the_probabilities_read(build, pairs):
    torch.manual_seed(0)
    model = build(1, 10, (28, 28), "smoke", loss="cross-entropy", reconstruction="none").eval()
    images = torch.rand(2, 1, 28, 28)
    scores = model(images)
    if pairs:
        targets, present = pairs_of((1, 2), (3, 4)), ((1, 2), (3, 4))
        expected = -sum(
            math.log(length if index in there else 1 - length)
            for row, there in zip(model.presence(scores).tolist(), present, strict=True)
            for index, length in enumerate(row)
        )
    else:
        targets = torch.tensor([4, 8])
        probabilities = model.probabilities(scores).tolist()
        expected = -math.log(probabilities[0][4]) - math.log(probabilities[1][8])
    assert model.loss(images, targets).item() == pytest.approx(expected / 2, rel=1e-5)


@pytest.mark.parametrize("loss", ["margin", "cross-entropy"])
@pytest.mark.parametrize("reconstruction", ["together", "apart", "none"])
@pytest.mark.parametrize("build", BUILDERS)
def test_every_objective_trains_in_bf16(build, loss, reconstruction):
    model = build(1, 10, (28, 28), "smoke", loss=loss, reconstruction=reconstruction)
    for targets in (torch.arange(4), pairs_of((0, 1), (2, 3), (4, 5), (6, 7))):
        model.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            value = model.loss(torch.rand(4, 1, 28, 28), targets)
        value.backward()
        assert value.isfinite()
        assert all(parameter.grad.isfinite().all() for parameter in model.parameters())
