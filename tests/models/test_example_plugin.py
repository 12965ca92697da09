from pathlib import Path

import pytest

from runbench.models.conformance import check_model
from runbench.models.registry import get_model
from runbench.plugins import load_plugins

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "plugins" / "example_plugin.py"
CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"


@pytest.mark.usefixtures("own_registries")
def test_the_example_is_a_model_like_any_other():
    assert load_plugins([str(EXAMPLE)]) == ()
    check_model(get_model("tiny"))


def test_the_example_has_twenty_lines_at_most():
    assert len(EXAMPLE.read_text(encoding="utf-8").splitlines()) <= 20


def test_contributing_shows_the_example_word_for_word():
    assert EXAMPLE.read_text(encoding="utf-8").strip() in CONTRIBUTING.read_text(encoding="utf-8")
