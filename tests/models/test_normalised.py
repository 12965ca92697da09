import ast
from textwrap import dedent

import pytest

from runbench.models.normalised import normalised

WRITTEN = """
    import torch
    from torch import nn

    WIDTH: int = 3

    @final
    @register("net")
    @torch.no_grad()
    class Net(nn.Module):
        \"\"\"A net.\"\"\"

        def forward(self, images: Images, scale: float = 2.0) -> Scores:
            \"\"\"Answer.\"\"\"
            return scale * images  # as always
"""


def of(source):
    return normalised(ast.parse(dedent(source)))


def test_what_decides_nothing_is_left_out():
    assert (
        of(WRITTEN)
        == dedent("""
        WIDTH = 3

        @torch.no_grad()
        class Net(nn.Module):

            def forward(self, images, scale=2.0):
                return scale * images
    """).strip()
    )


@pytest.mark.parametrize(
    ("before", "after"), [("2.0", "3.0"), ("scale *", "scale +"), ("= 3", "= 4"), ("no_grad", "enable_grad")]
)
def test_what_decides_stays(before, after):
    assert of(WRITTEN.replace(before, after)) != of(WRITTEN)


def test_what_holds_nothing_else_passes():
    assert of('def nothing():\n    "Only a text."') == "def nothing():\n    pass"
