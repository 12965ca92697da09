import pytest
import torch

from runbench.environment import (
    all_versions,
    available_threads,
    generator,
    hardware,
    numeric_versions,
    purpose_seed,
    resolve_device,
)
from runbench.errors import UnusableEnvironmentError


def test_a_purpose_has_one_seed_and_purposes_differ():
    assert purpose_seed("test images", 1) == purpose_seed("test images", 1)
    seeds = {
        purpose_seed(*words) for words in (("a", "b"), ("ab",), ("a", "b", ""), ("b", "a"), ("a", 1), ("a", 2))
    }
    assert len(seeds) == 6
    assert all(0 <= seed < 2**63 for seed in seeds)
    # the first 16 hexadecimal digits of: printf 'weights\x1f0' | sha256sum, halved
    assert purpose_seed("weights", 0) == 0xAE075F2FEEAD1F2D >> 1


def test_generators_of_one_purpose_agree():
    assert torch.equal(torch.rand(5, generator=generator("x")), torch.rand(5, generator=generator("x")))


def test_auto_falls_back_to_what_there_is(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert resolve_device("auto") == torch.device("cpu")
    for name in ("cuda", "cuda:99", "mps"):
        with pytest.raises(UnusableEnvironmentError, match=r"there is no device '.*'; this machine has cpu$"):
            resolve_device(name)


def test_cuda_names_its_devices(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert resolve_device("auto") == resolve_device("cuda") == torch.device("cuda:0")
    assert resolve_device("cuda:1") == torch.device("cuda:1")
    with pytest.raises(UnusableEnvironmentError, match="this machine has cuda:0, cuda:1, "):
        resolve_device("cuda:99")


def test_the_fingerprint_names_machine_and_versions():
    described = hardware(torch.device("cpu"))
    assert described["cores"] == available_threads() >= 1
    assert described["memory_gib"] > 0
    assert numeric_versions().keys() <= all_versions().keys()
    assert numeric_versions()["torch"] == torch.__version__.partition("+")[0]
