import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import one_hot

from runbench.models.base import as_classifier
from runbench.tasks import LABEL, LABEL_SET, TASKS


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
@pytest.mark.parametrize("library", [np, torch], ids=["numpy", "torch"])
def test_the_outcomes_of_every_question_are_as_probable_together_as_they_must_be(task, library):
    answers = library.asarray(np.random.default_rng(0).dirichlet(np.ones(5), (3, 4)))
    together = sum(task.outcomes(answers))
    assert together.shape == {"label": (3, 4, 1), "label-set": (3, 4, 5)}[task.name]
    assert float(abs(together - 1).max()) < 1e-12


def test_targets_are_the_first_label_or_the_first_two_as_a_set():
    labels = torch.tensor([[3, 1, 0], [2, 4, 1]])
    assert LABEL.targets(labels, 5).tolist() == [3, 2]
    expected = one_hot(labels[:, 0], 5) + one_hot(labels[:, 1], 5)
    targets = LABEL_SET.targets(labels, 5)
    assert targets.dtype == torch.float32
    assert targets.tolist() == expected.tolist()


def test_scores_are_read_as_the_classifier_reads_them_and_says():
    classifier, scores = as_classifier(nn.Identity()), torch.randn(4, 3)
    assert LABEL.probabilities(classifier, scores).equal(scores.softmax(dim=1))
    assert LABEL_SET.probabilities(classifier, scores).equal(scores.sigmoid())
    assert [task.reading(classifier) for task in (LABEL, LABEL_SET)] == ["softmax of logits", "sigmoid of logits"]


def test_tasks_are_known_by_their_name_and_load_no_torch():
    assert {name: task.name for name, task in TASKS.items()} == {name: name for name in TASKS}
    code = "import sys, runbench.tasks; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
