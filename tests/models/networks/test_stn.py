import pytest
import torch
from torch import nn

from runbench.models.base import count_parameters, parameter_groups
from runbench.models.catalog import CATALOG
from runbench.models.catalog.spatial_transformers import SPATIAL_TRANSFORMERS
from runbench.models.layers.spatial_transformer import FAMILIES, LocalizationNet, Transformer
from runbench.models.networks.cnn import CNN
from runbench.models.networks.stn import COMPACT, build_st_fcn, build_stn
from runbench.models.protocols import ChoosesView


@pytest.mark.parametrize("preset", ["smoke", "standard", "paper"])
def test_at_the_start_it_is_its_trunk(preset):
    stn = build_stn(1, 10, (28, 28), preset)
    images = torch.rand(4, 1, 28, 28)
    torch.testing.assert_close(stn(images), stn.trunk(images), atol=1e-4, rtol=1e-4)


def test_theta_moves_when_it_is_trained():
    torch.manual_seed(0)
    stn = build_stn(1, 10, (28, 28), "smoke")
    images, labels = torch.rand(8, 1, 28, 28), torch.arange(8)
    before = stn.transformer.theta(images)
    optimiser = torch.optim.Adam(stn.parameters(), lr=1e-3)
    stn.loss(images, labels).backward()
    optimiser.step()
    assert not torch.equal(stn.transformer.theta(images), before)


def test_the_paper_preset_has_the_published_localisation_network():
    layers = build_stn(1, 10, (28, 28), "paper").transformer.localisation
    # 1x20x5x5 + 20, 20x20x5x5 + 20, 4x4x20 x 20 + 20, 20 x 6 + 6
    assert count_parameters(layers) == 520 + 10_020 + 6_420 + 126


@pytest.mark.parametrize("place", ["input", "features", "both"])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_at_every_place_starts_as_the_plain_cnn(family, place):
    stn = build_stn(1, 10, (28, 28), "smoke", family=family, place=place, guard="crop").eval()
    plain = CNN(1, 10, (28, 28), COMPACT.trunk).eval()
    (trunk,) = (module for module in stn.modules() if isinstance(module, CNN))
    plain.features = nn.Sequential(*(layer for layer in trunk.features if not isinstance(layer, Transformer)))
    plain.head = trunk.head
    images = torch.rand(4, 1, 28, 28)
    torch.testing.assert_close(stn(images), plain(images), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("preset", ["standard", "paper"])
def test_a_feature_transformer_follows_the_first_pooling(preset):
    stn = build_stn(3, 10, (40, 36), preset, place="features")
    (transformer,) = stn.transformers()
    before = list(stn.network.features).index(transformer)
    kinds = [type(layer) for layer in stn.network.features]
    assert kinds[:before].count(nn.Conv2d) == kinds[:before].count(nn.MaxPool2d) == 1
    images = torch.rand(2, 3, 40, 36)
    features = stn.network.features[:before](images)
    assert stn.network.features[: before + 1](images).shape == features.shape


def test_both_places_have_transformers_of_their_own():
    stn = build_stn(1, 10, (28, 28), "smoke", place="both")
    first, second = stn.transformers()
    assert first is stn.transformer
    assert second in list(stn.trunk.features)


@pytest.mark.parametrize("scale", [0.5, 0.75, 2.0])
def test_the_trunk_sees_images_of_the_output_size(scale):
    stn = build_stn(1, 10, (28, 40), "smoke", output_scale=scale)
    attended = stn.attend(torch.rand(2, 1, 28, 40))
    assert attended.shape == (2, 1, 28 * scale, 40 * scale)
    assert stn(torch.rand(2, 1, 28, 40)).shape == (2, 10)


def test_half_the_resolution_is_averaged():
    images = torch.rand(2, 1, 28, 28)
    attended = build_stn(1, 10, (28, 28), "smoke", output_scale=0.5).attend(images)
    torch.testing.assert_close(attended, nn.functional.avg_pool2d(images, 2), atol=1e-5, rtol=0)


def test_a_feature_map_keeps_its_size():
    with pytest.raises(ValueError, match=r"output_scale is 0\.5"):
        build_stn(1, 10, (28, 28), "smoke", place="features", output_scale=0.5)


@pytest.mark.parametrize(
    ("options", "chooses"),
    [
        ({}, True),
        ({"family": "projective"}, True),
        ({"place": "both"}, True),
        ({"place": "features"}, False),
        ({"family": "thin-plate"}, False),
    ],
)
def test_a_view_is_chosen_where_a_matrix_turns_the_input(options, chooses):
    stn = build_stn(1, 10, (28, 28), "smoke", **options)
    assert isinstance(stn, ChoosesView) == chooses


def test_all_learn_at_one_pace_unless_told():
    assert build_stn(1, 10, (28, 28), "smoke").paces() == ()


@pytest.mark.parametrize("place", ["input", "features", "both"])
def test_localisation_networks_alone_learn_slowly(place):
    stn = build_stn(1, 10, (28, 28), "smoke", place=place, localisation_pace=0.1)
    expected = tuple((module, 0.1) for module in stn.modules() if isinstance(module, LocalizationNet))
    assert stn.paces() == expected
    groups = parameter_groups(stn, 1.0)
    assert [group["lr"] for group in groups] == [1.0] + [0.1] * len(expected)


def test_the_fully_connected_network_has_no_convolution():
    stn = build_st_fcn(1, 10, (28, 28), "standard")
    assert not any(isinstance(module, nn.Conv2d) for module in stn.modules())


@pytest.mark.parametrize("build", [build_stn, build_st_fcn])
def test_the_paper_preset_spends_what_the_paper_spends(build):
    assert count_parameters(build(1, 10, (28, 28), "paper")) == pytest.approx(400_000, rel=0.05)


@pytest.mark.parametrize("spec", SPATIAL_TRANSFORMERS, ids=lambda spec: spec.name)
def test_variants_are_about_as_large_as_the_core_models(spec):
    core = [spec.parameters for spec in CATALOG if "core" in spec.tags]
    assert max(core) / 1.1 <= spec.parameters <= 1.1 * min(core)


@pytest.mark.parametrize("spec", SPATIAL_TRANSFORMERS, ids=lambda spec: spec.name)
def test_each_network_is_offered_in_both_regimes(spec):
    pair = [other for other in SPATIAL_TRANSFORMERS if other.architecture == spec.architecture]
    assert {other.regime for other in pair} == {"clean", "augmented"}
    assert len({other.network for other in pair}) == 1


def test_bicubic_scores_train_in_bf16():
    stn = build_stn(1, 10, (28, 28), "smoke", kernel="bicubic", family="thin-plate", guard="crop")
    with torch.autocast("cpu", torch.bfloat16):
        loss = stn.loss(torch.rand(4, 1, 28, 28), torch.arange(4))
    loss.backward()
    assert loss.isfinite()
    assert all(parameter.grad.isfinite().all() for parameter in stn.parameters())
