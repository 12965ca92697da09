from collections import OrderedDict, namedtuple
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn

from runbench.errors import ModelFaultError
from runbench.models.answers import count_scores, first_head_of, scores_of
from runbench.models.base import LogitsClassifier

LOGITS = torch.arange(12.0).reshape(4, 3)
FEATURES = torch.zeros(4, 7)
CPU = torch.device("cpu")

Heads = namedtuple("Heads", "main auxiliary")


@dataclass
class Output:
    loss: Tensor | None
    logits: Tensor


@pytest.mark.parametrize(
    "output",
    [
        LOGITS,
        LOGITS[..., None, None],
        (LOGITS, FEATURES),
        [FEATURES, LOGITS],
        (None, LOGITS),
        {"features": FEATURES, "logits": LOGITS},
        OrderedDict(out=LOGITS, features=FEATURES),
        (LOGITS, LOGITS.clone()),
        Output(None, LOGITS),
        Output(-LOGITS, LOGITS),
        {"loss": torch.tensor(1.0), "out": LOGITS},
    ],
    ids=str,
)
def test_scores_are_found_in_what_networks_return(output):
    assert torch.equal(scores_of(output, 4, 3), LOGITS)


@pytest.mark.parametrize("output", [Heads(LOGITS, -LOGITS), {"out": LOGITS, "more": -LOGITS}, LOGITS], ids=str)
def test_in_training_the_first_head_is_trained(output):
    assert torch.equal(first_head_of(output, 4, 3), LOGITS)


def test_in_training_too_there_must_be_scores():
    with pytest.raises(ModelFaultError, match=r"not scores \(4, 3\)"):
        first_head_of((FEATURES, FEATURES), 4, 3)


def test_scores_of_one_image_may_lack_the_axis_of_images():
    assert torch.equal(scores_of(LOGITS[0], 1, 3), LOGITS[:1])
    assert torch.equal(scores_of(LOGITS[:1, :, None, None], 1, 3), LOGITS[:1])


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (FEATURES, r"float32 (4, 7) of 4 images, not scores (4, 3)"),
        (LOGITS[:2], r"float32 (2, 3) of 4 images"),
        (LOGITS.long(), r"int64 (4, 3)"),
        (torch.zeros(4, 3, 2, 2), r"float32 (4, 3, 2, 2)"),
        ((FEATURES, FEATURES), r"tuple of float32 (4, 7), float32 (4, 7)"),
        ({"logits": FEATURES, "others": LOGITS}, r"dict of float32 (4, 7)"),
        (Output(LOGITS, FEATURES), r"Output of float32 (4, 7)"),
        ("scores", r"str of 4 images"),
        (None, r"NoneType of 4 images"),
        (LOGITS[0], r"float32 (3,) of 4 images"),
        (
            (LOGITS, -LOGITS),
            r"float32 (4, 3), float32 (4, 3) of 4 images, any of which may be the scores",
        ),
        (Heads(-LOGITS, LOGITS), r"any of which may be the scores"),
        ({"out": LOGITS, "auxiliary": -LOGITS}, r"any of which may be the scores"),
    ],
)
def test_anything_else_is_refused_by_its_shape_and_with_the_way_out(output, said):
    with pytest.raises(ModelFaultError) as refusal:
        scores_of(output, 4, 3)
    assert said in str(refusal.value)
    assert 'by the name "logits"' in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("training", [True, False])
def test_scores_are_counted_and_the_mode_stays(training):
    classifier = LogitsClassifier(nn.Sequential(nn.Flatten(), nn.Linear(2 * 5 * 5, 6))).train(training)
    assert count_scores(classifier, 2, 5, CPU) == 6
    assert classifier.training is training


def test_images_that_a_network_does_not_take_are_named_in_one_line():
    classifier = LogitsClassifier(nn.Conv2d(3, 4, 3)).train()
    with pytest.raises(
        ModelFaultError, match=r"does not take images \(1, 28, 28\) on cpu: RuntimeError"
    ) as refusal:
        count_scores(classifier, 1, 28, CPU)
    assert "\n" not in str(refusal.value)
    assert classifier.training
