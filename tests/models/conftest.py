import sys

import pytest

from runbench.models import registry


@pytest.fixture
def empty_room(monkeypatch):
    """Let a test register models and load plug-ins that no other test sees."""
    monkeypatch.setattr(registry, "_REGISTRY", dict(registry._REGISTRY))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if "plugin" in name:
            del sys.modules[name]
