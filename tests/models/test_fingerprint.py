import importlib
import subprocess
import sys
from textwrap import dedent

import pytest
import torch
from torch import nn

from fixtures.registries import as_before
from runbench.models.fingerprint import fingerprint, network_fingerprint
from runbench.models.registry import get_model, registered_models
from runbench.plugins import load_plugins

pytestmark = pytest.mark.usefixtures("own_registries")

NET = '''
from torch import nn
POOL = nn.AdaptiveAvgPool2d
class Net(nn.Sequential):
    """A net."""
    def __init__(self, channels: int, classes: int, width: int):
        super().__init__(nn.Conv2d(channels, width, 5), POOL(4), nn.Flatten(), nn.Linear(16 * width, classes))
'''

BUILDER = '''
from pathlib import Path
from runbench.models.registry import register_model
from .net import Net

SHARE = 0.5

@register_model("packed", regime="clean", summary="from a package")
def build(in_channels, num_classes, image_size, preset):
    """Build it."""
    width = int((Path(__file__).parent / "width.txt").read_text())
    return Net(in_channels, num_classes, width=width)
'''

FILES = {"__init__.py": BUILDER, "net.py": NET, "width.txt": "4"}


@pytest.fixture
def fingerprint_of(tmp_path):
    """Return a function that gives the fingerprint of the package with some files changed."""
    count = iter(range(100))

    def of(changes=None, folder="pk"):
        place = tmp_path / str(next(count)) / folder
        place.mkdir(parents=True)
        for name, text in (FILES | (changes or {})).items():
            (place / name).write_text(dedent(text))
        for name in [name for name in sys.modules if name.partition(".")[0] == folder]:
            del sys.modules[name]
        importlib.invalidate_caches()
        with as_before():
            assert load_plugins([str(place)]) == ()
            return network_fingerprint(get_model("packed"), 1, 10, (28, 28), "smoke")

    return of


SAME = {
    "another folder": {},
    "a docstring": {"net.py": NET.replace("A net.", "Another net.")},
    "a comment": {"net.py": NET.replace("POOL =", "# of all places\nPOOL =")},
    "an annotation": {"net.py": NET.replace("width: int", "width")},
    "a shape": {
        "net.py": "from jaxtyping import Float" + NET.replace("width: int", 'width: Float[nn.Parameter, ""]')
    },
    "what is for checkers": {"net.py": "from typing import final" + NET.replace("class Net", "@final\nclass Net")},
    "the caption": {"__init__.py": BUILDER.replace("from a package", "from the package")},
}

OTHER = {
    "the pooling of a helper": {"net.py": NET.replace("AdaptiveAvg", "AdaptiveMax")},
    "a number in a file": {"width.txt": "5"},
    "the builder": {"__init__.py": BUILDER.replace("width=width", "width=2 * width")},
    "a constant": {"__init__.py": BUILDER.replace("0.5", "0.6")},
    "a forward": {"net.py": NET + "    def forward(self, x):\n        return super().forward(x) + 0\n"},
    "weights that are given": {"net.py": NET + "        nn.init.zeros_(self[0].weight)\n"},
}


@pytest.mark.parametrize("changes", SAME.values(), ids=SAME)
def test_what_decides_nothing_leaves_it(fingerprint_of, changes):
    assert fingerprint_of(changes) == fingerprint_of()


@pytest.mark.parametrize("changes", OTHER.values(), ids=OTHER)
def test_what_decides_the_network_changes_it(fingerprint_of, changes):
    assert fingerprint_of(changes) != fingerprint_of()


@pytest.mark.slow
def test_built_in_networks_are_told_apart_and_regimes_are_not():
    groups: dict[str, set[str]] = {}
    for spec in registered_models():
        found = network_fingerprint(spec, 1, 10, (28, 28), spec.presets[0])
        groups.setdefault(found, set()).add(spec.network)
    assert all(len(networks) == 1 for networks in groups.values())
    assert len(groups) == len({spec.network for spec in registered_models()})


@pytest.mark.parametrize(
    "sizes",
    [
        (3, 10, (28, 28), "smoke"),
        (1, 12, (28, 28), "smoke"),
        (1, 10, (40, 40), "smoke"),
        (1, 10, (28, 28), "paper"),
    ],
)
def test_what_it_is_built_for_counts(sizes):
    spec = get_model("baseline")
    assert network_fingerprint(spec, *sizes) != network_fingerprint(spec, 1, 10, (28, 28), "smoke")


@pytest.mark.slow
def test_it_is_the_same_in_another_process_and_leaves_the_generator_alone():
    state = torch.get_rng_state()
    names = ("baseline", "capsnet", "stn", "tta")
    here = [network_fingerprint(get_model(name), 1, 10, (28, 28), "smoke") for name in names]
    assert torch.equal(torch.get_rng_state(), state)
    script = f"""
        from runbench.models.fingerprint import network_fingerprint
        from runbench.models.registry import get_model
        for name in {names!r}:
            print(network_fingerprint(get_model(name), 1, 10, (28, 28), "smoke"))
    """
    done = subprocess.run([sys.executable, "-c", dedent(script)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == here


def test_frozen_weights_and_attributes_count():
    def build():
        return nn.Sequential(nn.Dropout(0.5), nn.Linear(2, 2))

    def of(change):
        torch.manual_seed(0)
        network = build()
        change(network)
        return fingerprint(network, build)

    def freeze(network):
        network[1].weight.requires_grad = False

    def drop_less(network):
        network[0].p = 0.4

    assert len({of(change) for change in (lambda _: None, freeze, drop_less)}) == 3
