import pytest
import torch

from runbench.suites.parts import PARTS


@pytest.mark.parametrize("suite", PARTS, ids=lambda suite: suite.name)
def test_no_ink_is_lost_at_any_level_of_the_domain_on_the_canvas_of_the_suite(suite):
    generator = torch.Generator().manual_seed(1)
    objects = torch.zeros(30, 1, suite.canvas, suite.canvas)
    objects[:, :, 10:30, 10:30] = 0.5 + torch.rand(30, 1, 20, 20, generator=generator) / 2
    parameters = suite.at(suite.levels[-1]).sample_parameters(30, generator)
    for level in {*suite.levels, *suite.domain}:
        changed = suite.at(level)(objects, parameters)
        torch.testing.assert_close(changed.sum(dim=(1, 2, 3)), objects.sum(dim=(1, 2, 3)))
        assert torch.equal(changed, objects) is (level == suite.identity)


@pytest.mark.parametrize("suite", PARTS, ids=lambda suite: suite.name)
def test_whether_an_object_is_intact_is_asked_of_each(suite):
    assert "intact_auroc" in suite.further_metrics
    assert suite.group == "parts"
