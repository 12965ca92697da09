import os
import sys

# Before torch is imported, and for the same reason as in runbench.cli.main: several test processes share the cores
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import pytest
import torch
from jaxtyping import install_import_hook

import fixtures.shapes  # noqa: F401 - the hook finds it by its name

# Before anything of ours is imported. Not the modules that others' models pass through: what is wrong with those
# is to be told in their own words
CHECKED = (
    *("data", "metrics", "plots.images", "training"),
    *(f"evaluation.{name}" for name in ("features", "introspection", "layers", "predictions", "sweep")),
    *("models.layers", "models.networks", "transforms"),
)
install_import_hook([f"runbench.{name}" for name in CHECKED], "fixtures.shapes.checked")


def pytest_collection_modifyitems(items):
    if not torch.cuda.is_available():
        for item in items:
            if item.get_closest_marker("gpu"):
                item.add_marker(pytest.mark.skip(reason="there is no CUDA device"))


@pytest.fixture(autouse=True)
def one_thread():
    """Keep parallel test workers from waiting for each other's threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def own_registries():
    """Let a test load plug-ins and register what no other test sees."""
    from fixtures.registries import as_before

    loaded = set(sys.modules)
    with as_before():
        yield
    for name in set(sys.modules) - loaded:
        if "plugin" in name and not name.startswith("runbench."):
            del sys.modules[name]
