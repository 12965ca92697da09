import pytest
import torch
from torch import nn

from runbench.models import conformance
from runbench.models.catalog import CATALOG
from runbench.models.conformance import CHECKS, ConformanceError, check_model
from runbench.models.spec import ModelSpec
from runbench.suites import SUITES

NETWORKS = list({spec.network: spec for spec in reversed(CATALOG) if "smoke" in spec.presets}.values())
"""One spec of each network that is small enough to train here."""


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize(
    "spec",
    [pytest.param(spec, marks=() if "core" in spec.tags else pytest.mark.slow) for spec in NETWORKS],
    ids=[spec.name for spec in NETWORKS],
)
def test_every_registered_model_conforms(spec, check):
    check(spec, "smoke")


@pytest.mark.parametrize("side", sorted({suite.canvas for suite in SUITES.values()}))
@pytest.mark.parametrize("spec", NETWORKS, ids=lambda spec: spec.name)
def test_every_model_is_built_for_every_canvas(spec, side):
    model = spec.build(1, 10, (side, side), "smoke").eval()
    with torch.inference_mode():
        assert model(torch.rand(2, 1, side, side)).shape == (2, 10)


class Linear(nn.Module):
    """A network that conforms, for others to go wrong in one way each."""

    def __init__(self, in_channels, num_classes, image_size, preset):
        super().__init__()
        self.linear = nn.Linear(in_channels * image_size[0] * image_size[1], num_classes)

    def forward(self, images):
        return self.linear(images.flatten(1))


class WrongShape(Linear):
    def forward(self, images):
        return super().forward(images)[:, :-1]


class NoTensor(Linear):
    def forward(self, images):
        return {"features": images}


class NotFinite(Linear):
    def forward(self, images):
        return super().forward(images) / 0


class OtherDevice(Linear):
    def forward(self, images):
        return super().forward(images).to("meta")


class OneSize(Linear):
    def __init__(self, in_channels, num_classes, image_size, preset):
        super().__init__(1, num_classes, (28, 28), preset)


class Unused(Linear):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.idle = nn.Parameter(torch.zeros(1))


class Random(Linear):
    def forward(self, images):
        return super().forward(images) + torch.rand(1)


class Mixing(Linear):
    def forward(self, images):
        return super().forward(images - images.mean())


class Writing(Linear):
    def forward(self, images):
        return super().forward(images.mul_(2))


class Forgetful(Linear):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.scale = torch.rand(1)

    def forward(self, images):
        return super().forward(images) * self.scale


WRONG = {
    WrongShape: r"gives float32 \(2, 9\) of 2 images, not scores \(2, 10\)",
    NoTensor: r"dict of float32 \(2, 1, 28, 28\) of 2 images, not scores",
    NotFinite: "not finite",
    OtherDevice: "scores are on meta",
    OneSize: "check_shapes ended in RuntimeError",
    Unused: r"parameter network\.idle gets no gradient",
    Random: "differ from call to call",
    Mixing: "depend on the others",
    Writing: "writes into its input",
    Forgetful: "state_dict",
}


def spec_of(network):
    return ModelSpec("wrong", network, "clean", "wrong", "")


def test_a_plain_linear_model_conforms():
    check_model(spec_of(Linear))


@pytest.mark.parametrize(("network", "complaint"), WRONG.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_each_fault_is_told_in_one_line(network, complaint):
    with pytest.raises(ConformanceError, match=complaint) as refusal:
        check_model(spec_of(network))
    assert str(refusal.value).startswith("wrong: ")
    assert "\n" not in str(refusal.value)


def test_a_loss_that_does_not_fall_is_told(monkeypatch):
    monkeypatch.setattr(conformance, "_step", lambda *_: 1.0)
    with pytest.raises(ConformanceError, match="goes from 1 to 1"):
        conformance.check_learning(spec_of(Linear))


def test_checks_leave_torchs_generator_alone():
    state = torch.get_rng_state()
    check_model(spec_of(Linear))
    assert torch.equal(torch.get_rng_state(), state)
