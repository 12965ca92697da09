import pytest
import torch
from torch import nn

from runbench.models.base import count_parameters
from runbench.models.layers.pooling import POOLINGS
from runbench.models.networks.capsnet import build_capsnet
from runbench.models.networks.cnn import DESIGNS, SHAPES, build_cnn

COMPACT_DESIGNS = ["plain", "large-kernel"]


@pytest.mark.parametrize("size", [(28, 28), (36, 36), (40, 40), (42, 42), (60, 60), (29, 43)])
@pytest.mark.parametrize("preset", ["smoke", "standard", "paper"])
def test_the_shape_knows_the_size_of_the_last_feature_map(size, preset):
    cnn = build_cnn(2, 7, size, preset)
    images = torch.rand(1, 2, *size)
    assert cnn.features(images).shape[-2:] == SHAPES[preset].feature_size(size)
    assert cnn(images).shape == (1, 7)


@pytest.mark.parametrize("size", [(28, 28), (42, 42), (60, 60), (29, 43)])
@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("design", COMPACT_DESIGNS)
def test_every_pooling_takes_every_size(design, pooling, size):
    cnn = build_cnn(2, 7, size, "standard", design=design, pooling=pooling)
    assert cnn(torch.rand(1, 2, *size)).shape == (1, 7)


def test_parameters_by_hand():
    convolutions = 25 * 16 + 16 * 25 * 32
    normalisations = 2 * 16 + 2 * 32
    linear = (32 * 7 * 7 + 1) * 100 + (100 + 1) * 10
    counted = convolutions + normalisations + linear
    assert count_parameters(build_cnn(1, 10, (28, 28), "standard")) == counted == 171_206


@pytest.mark.parametrize("design", COMPACT_DESIGNS)
@pytest.mark.parametrize("pooling", ["max", "average", "blur", "stride"])
def test_poolings_agree_in_parameters(design, pooling):
    plain = build_cnn(1, 10, (28, 28), "standard", design=design)
    other = build_cnn(1, 10, (28, 28), "standard", design=design, pooling=pooling)
    assert count_parameters(other) == count_parameters(plain)


def test_the_cnn_with_large_kernels_is_of_capsnets_size():
    cnn = build_cnn(1, 10, (28, 28), "standard", design="large-kernel", pooling="average")
    capsnet = build_capsnet(1, 10, (28, 28), "standard")
    encoder = count_parameters(capsnet) - count_parameters(*capsnet.auxiliary())
    assert count_parameters(cnn) == pytest.approx(encoder, rel=0.01)
    assert [layer.kernel_size for layer in cnn.features if isinstance(layer, nn.Conv2d)] == [(9, 9), (9, 9)]


def test_the_stride_of_a_convolution_is_every_second_place_of_it():
    strided = build_cnn(1, 10, (28, 28), "standard", pooling="stride").features[0]
    images = torch.rand(1, 1, 28, 28)
    everywhere = nn.functional.conv2d(images, strided.weight, padding=2)
    torch.testing.assert_close(strided(images), everywhere[..., ::2, ::2])


def test_the_capsule_papers_baseline_has_the_published_parameters():
    with torch.device("meta"):
        cnn = build_cnn(1, 10, (28, 28), "paper", design="sabour")
    convolutions = (25 + 1) * 256 + (256 * 25 + 1) * 256 + (256 * 25 + 1) * 128
    linear = (128 * 28 * 28 + 1) * 328 + (328 + 1) * 192 + (192 + 1) * 10
    assert count_parameters(cnn) == convolutions + linear
    assert f"{count_parameters(cnn) / 1e6:.1f}M" == "35.4M"


def test_dropout_comes_before_the_logits_and_in_training_alone():
    head = build_cnn(1, 10, (8, 8), "paper", design="sabour").head
    assert [type(layer) for layer in head[-2:]] == [nn.Dropout, nn.Linear]
    features = torch.rand(1, 128 * 8 * 8)
    assert not torch.equal(head(features), head(features))
    head.eval()
    assert torch.equal(head(features), head(features))


def test_only_designs_with_a_paper_preset_alone_lack_the_others():
    assert {name: set(shapes) for name, shapes in DESIGNS.items()} == {
        "plain": {"smoke", "standard", "paper"},
        "large-kernel": {"smoke", "standard", "paper"},
        "sabour": {"paper"},
    }
