import subprocess
import sys

import pytest
import torch

from runbench.models.base import Classifier, count_parameters
from runbench.models.catalog import CATALOG

CORE = [spec for spec in CATALOG if "core" in spec.tags]
NAMES = [spec.name for spec in CORE]


def encoder_parameters(spec, preset):
    model = spec.build(1, 10, (28, 28), preset)
    return count_parameters(model) - count_parameters(*model.auxiliary())


def test_every_architecture_has_both_regimes():
    assert NAMES == ["baseline", "augmented", "stn", "stn-clean", "capsnet", "capsnet-augmented"]
    pairs = {(spec.architecture, spec.regime) for spec in CORE}
    assert len(pairs) == len(CORE) == 2 * len({architecture for architecture, _ in pairs})


@pytest.mark.parametrize("preset", ["smoke", "standard"])
def test_encoders_agree_in_parameters_within_a_tenth(preset):
    counts = [encoder_parameters(spec, preset) for spec in CORE]
    assert max(counts) <= 1.10 * min(counts)


@pytest.mark.parametrize("name", ["baseline", "stn"])
def test_the_paper_preset_spends_what_the_transformers_paper_spends(name):
    spec = next(spec for spec in CORE if spec.name == name)
    assert encoder_parameters(spec, "paper") == pytest.approx(400_000, rel=0.05)


@pytest.mark.parametrize("side", [28, 36, 40, 42, 60])
@pytest.mark.parametrize("spec", CORE, ids=NAMES)
def test_core_models_take_every_canvas_of_the_suites(spec, side):
    model = spec.build(1, 10, (side, side), "standard")
    assert isinstance(model, Classifier)
    images, labels = torch.rand(2, 1, side, side), torch.tensor([0, 9])
    assert model(images).shape == (2, 10)
    model.loss(images, labels).backward()


@pytest.mark.parametrize("spec", CORE, ids=NAMES)
def test_core_models_train_in_bf16(spec):
    model = spec.build(1, 10, (28, 28), "smoke")
    with torch.autocast("cpu", torch.bfloat16):
        loss = model.loss(torch.rand(4, 1, 28, 28), torch.arange(4))
    loss.backward()
    assert loss.isfinite()
    assert all(parameter.grad.isfinite().all() for parameter in model.parameters())


@pytest.mark.parametrize("spec", CATALOG, ids=lambda spec: spec.name)
def test_descriptions_are_one_line_with_a_citation(spec):
    assert spec.summary
    assert "\n" not in spec.summary
    assert spec.reference


def test_listing_imports_no_torch():
    code = "import sys, runbench.models.registry as r; r.registered_models(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("spec", CATALOG, ids=lambda spec: spec.name)
def test_the_parameters_listed_are_counted(spec):
    preset = "standard" if "standard" in spec.presets else spec.presets[0]
    with torch.device("meta"):
        assert encoder_parameters(spec, preset) == spec.parameters
