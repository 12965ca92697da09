import pytest
import torch

from runbench.models.base import count_parameters
from runbench.models.networks.capsnet import CAPSNET_SHAPES, CapsNetOptions, build_capsnet


@pytest.fixture
def capsnet():
    torch.manual_seed(0)
    return build_capsnet(1, 10, (28, 28), "smoke")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        # 1x256x9x9 + 256; 256x256x9x9 + 256; capsules x 10 x 16 x 8 + 160; decoder 160-512-1024-pixels
        ((28, 28), 20_992 + 5_308_672 + 1152 * 1280 + 160 + 82_432 + 525_312 + 803_600),
        ((36, 36), 20_992 + 5_308_672 + 3200 * 1280 + 160 + 82_432 + 525_312 + 1_328_400),
    ],
)
def test_the_paper_preset_is_the_published_network(size, expected):
    with torch.device("meta"):
        assert count_parameters(build_capsnet(1, 10, size, "paper")) == expected


def test_the_published_count_includes_the_biases_of_the_digit_capsules():
    with torch.device("meta"):
        paper = build_capsnet(1, 10, (28, 28), "paper")
    assert count_parameters(paper) == 8_215_728
    assert count_parameters(paper) - paper.routing.bias.numel() == 8_215_568


def test_scores_are_the_lengths_of_the_class_capsules(capsnet):
    images = torch.rand(3, 1, 28, 28)
    capsules = capsnet.capsules(images)
    assert capsules.shape == (3, 10, 16)
    torch.testing.assert_close(capsnet(images), capsules.square().sum(dim=2).sqrt())
    assert capsnet(images).lt(1).all()


def test_probabilities_are_lengths_divided_by_their_sum(capsnet):
    scores = torch.tensor([[0.9, 0.1, 0.5, 0.5]])
    torch.testing.assert_close(capsnet.probabilities(scores), torch.tensor([[0.45, 0.05, 0.25, 0.25]]))


def test_loss_is_margin_plus_the_summed_squared_error_of_the_true_class(capsnet):
    images, labels = torch.rand(2, 1, 28, 28), torch.tensor([3, 7])
    capsules = capsnet.capsules(images)
    expected = 0.0
    for image, capsule, label in zip(images, capsules, labels.tolist(), strict=True):
        masked = torch.zeros_like(capsule)
        masked[label] = capsule[label]
        drawn = capsnet.decoder(masked.unsqueeze(0))[0]
        for index, length in enumerate(capsule.norm(dim=1).tolist()):
            expected += max(0, 0.9 - length) ** 2 if index == label else 0.5 * max(0, length - 0.1) ** 2
        expected += 0.0005 * (drawn - image).pow(2).sum().item()
    assert capsnet.loss(images, labels).item() == pytest.approx(expected / 2, rel=1e-5)


def test_the_loss_of_a_pair_wants_both_and_reconstructs_from_both(capsnet):
    images = torch.rand(1, 1, 28, 28)
    capsule = capsnet.capsules(images)[0]
    pair = torch.zeros(1, 10)
    pair[0, [2, 5]] = 1
    alone = torch.zeros(2, 10, 16)
    alone[0, 2], alone[1, 5] = capsule[2], capsule[5]
    drawn = capsnet.decoder(alone).sum(dim=0, keepdim=True).clamp(max=1)
    expected = 0.0005 * (drawn - images).pow(2).sum().item()
    for index, length in enumerate(capsule.norm(dim=1).tolist()):
        expected += max(0, 0.9 - length) ** 2 if index in (2, 5) else 0.5 * max(0, length - 0.1) ** 2
    assert capsnet.loss(images, pair).item() == pytest.approx(expected, rel=1e-5)


def test_presence_is_the_length_itself(capsnet):
    scores = torch.tensor([[0.9, 0.1, 0.5, 0.5]])
    assert torch.equal(capsnet.presence(scores), scores)


def test_the_decoder_draws_images_and_is_counted_apart(capsnet):
    drawn = capsnet.reconstruct(torch.rand(2, 10, 16), torch.eye(10)[:2])
    assert drawn.shape == (2, 1, 28, 28)
    assert capsnet.auxiliary() == (capsnet.decoder,)


def test_scores_do_not_depend_on_the_decoder(capsnet):
    images = torch.rand(2, 1, 28, 28)
    before = capsnet(images)
    torch.nn.init.zeros_(capsnet.decoder.layers[1].weight)
    torch.testing.assert_close(capsnet(images), before)


@pytest.mark.parametrize("size", [(28, 28), (40, 36)])
def test_the_grid_says_where_primary_capsules_lie(size):
    model = build_capsnet(1, 10, size, "smoke").eval()
    images = torch.rand(2, 1, *size)
    types, height, width = model.primary_grid
    capsules = model.primary_capsules(images)
    assert capsules.shape == (2, types * height * width, 8)
    last = model.primary.convolution(torch.relu(model.stem(images)))[:, -8:, -1, -1]
    direction = last / last.norm(dim=1, keepdim=True)
    torch.testing.assert_close(capsules[:, -1] / capsules[:, -1].norm(dim=1, keepdim=True), direction)


@pytest.mark.parametrize(
    "options", [{}, {"coupling": "uniform"}, {"coupling": "random"}, {"transforms": "shared"}, {"iterations": 1}]
)
def test_the_coupling_of_images_is_that_of_their_capsules(options):
    model = build_capsnet(1, 10, (28, 28), "smoke", **options)
    images = torch.rand(2, 1, 28, 28)
    coupling = model.coupling(images)
    assert coupling.shape == (2, 10, 96)
    torch.testing.assert_close(coupling.sum(dim=1), torch.ones(2, 96))
    votes = model.routing.votes(model.primary_capsules(images))
    summed = (coupling.unsqueeze(-1) * votes).sum(dim=2) + model.routing.bias
    torch.testing.assert_close(model(images), summed.square().sum(2) / (1 + summed.square().sum(2)))


@pytest.mark.parametrize("name", ["uniform", "random"])
def test_fixed_coupling_does_not_depend_on_the_image(name):
    coupling = build_capsnet(1, 10, (28, 28), "smoke", coupling=name).coupling(torch.rand(2, 1, 28, 28))
    assert torch.equal(coupling[0], coupling[1])


@pytest.mark.parametrize("size", [(28, 28), (36, 36)])
def test_shared_transforms_do_not_grow_with_the_canvas(size):
    model = build_capsnet(1, 10, size, "smoke", transforms="shared")
    assert model.routing.transforms.shape == (10, 6, 8, 16)
    assert model.routing.sharing == model.primary_grid.height * model.primary_grid.width


def test_without_a_decoder_the_loss_is_the_margin_alone():
    model = build_capsnet(1, 10, (28, 28), "smoke", reconstruction="none")
    images = torch.rand(2, 1, 28, 28)
    expected = sum(
        max(0, 0.9 - length) ** 2 if index == label else 0.5 * max(0, length - 0.1) ** 2
        for row, label in zip(model(images).tolist(), (3, 7), strict=True)
        for index, length in enumerate(row)
    )
    assert model.loss(images, torch.tensor([3, 7])).item() == pytest.approx(expected / 2, rel=1e-5)
    assert model.auxiliary() == ()
    for draw in (
        lambda: model.reconstruct(torch.rand(1, 10, 16), torch.eye(10)[:1]),
        lambda: model.reconstruct_each(torch.rand(1, 10, 16)),
    ):
        with pytest.raises(ValueError, match="no decoder"):
            draw()


@pytest.mark.parametrize(
    ("coupling", "transforms", "keys"),
    [
        ("dynamic", "per-position", {"routing.transforms", "routing.bias"}),
        ("dynamic", "shared", {"routing.transforms", "routing.bias"}),
        ("random", "per-position", {"routing.transforms", "routing.bias", "routing.coefficients"}),
    ],
)
def test_the_state_holds_what_routing_needs(coupling, transforms, keys):
    model = build_capsnet(1, 10, (28, 28), "smoke", coupling=coupling, transforms=transforms)
    assert {key for key in model.state_dict() if key.startswith("routing")} == keys


def test_options_default_to_the_published_network(capsnet):
    torch.manual_seed(0)
    spelt = build_capsnet(
        1,
        10,
        (28, 28),
        "smoke",
        coupling="dynamic",
        iterations=3,
        gradient="all",
        transforms="per-position",
        loss="margin",
        reconstruction="apart",
    )
    assert CapsNetOptions().iterations == capsnet.routing.iterations == 3
    images, pairs = torch.rand(2, 1, 28, 28), torch.eye(10)[[1, 2]] + torch.eye(10)[[5, 6]]
    assert torch.equal(capsnet.loss(images, pairs), spelt.loss(images, pairs))


def test_coupling_maps_are_the_mean_over_types_at_each_place(capsnet):
    images = torch.rand(2, 1, 28, 28)
    types, height, width = capsnet.primary_grid
    coupling, maps = capsnet.coupling(images), capsnet.coupling_maps(images)
    assert maps.shape == (2, 10, height, width)
    for place in ((0, 0), (height - 1, 1)):
        at_place = [coupling[1, 3, (kind * height + place[0]) * width + place[1]] for kind in range(types)]
        assert maps[1, 3][place].item() == pytest.approx(torch.stack(at_place).mean().item(), abs=1e-6)


@pytest.mark.parametrize(("preset", "lattice"), [("standard", (4.0, 6.0)), ("paper", (2.0, 8.0))])
def test_primary_capsules_sit_where_their_gradient_is_centred(preset, lattice):
    torch.manual_seed(0)
    shape = CAPSNET_SHAPES[preset]
    assert shape.lattice == lattice
    convolutions = torch.nn.Sequential(
        torch.nn.Conv2d(1, 1, shape.stem_kernel, shape.stem_stride),
        torch.nn.Conv2d(1, 1, shape.kernel, shape.stride),
    )
    for layer in convolutions:
        torch.nn.init.ones_(layer.weight)
    image = torch.zeros(1, 1, 28, 28, requires_grad=True)
    convolutions(image)[0, 0, 1, 2].backward()
    rows, columns = image.grad[0, 0].nonzero(as_tuple=True)
    assert rows.float().mean().item() == lattice[1] + 1 * lattice[0]
    assert columns.float().mean().item() == lattice[1] + 2 * lattice[0]
