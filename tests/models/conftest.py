import sys

import pytest
import torch

from models import registry


@pytest.fixture(autouse=True)
def one_thread():
    """Keep parallel test workers from waiting for each other's threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def empty_room(monkeypatch):
    """Let a test register models and load plug-ins that no other test sees."""
    monkeypatch.setattr(registry, "_REGISTRY", dict(registry._REGISTRY))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if "plugin" in name:
            del sys.modules[name]
