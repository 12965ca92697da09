import pickle
from fractions import Fraction

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from runbench.errors import ModelFaultError, UnusableEnvironmentError
from runbench.store import files
from runbench.training.checkpoints import Checkpoint, load_weights, read_weights

STATE = {"weight": torch.arange(6.0).reshape(2, 3)}


@pytest.fixture
def checkpoint(tmp_path) -> Checkpoint:
    return Checkpoint(tmp_path / "checkpoints", "0123")


def test_what_was_written_is_read_back(checkpoint):
    written = checkpoint.write(STATE, {"seconds": 1.5})
    assert checkpoint.read() == written
    assert written["seconds"] == 1.5
    assert torch.equal(read_weights(checkpoint.weights)["weight"], STATE["weight"])


def test_weights_that_share_memory_are_kept(checkpoint):
    shared = torch.ones(3)
    checkpoint.write({"encoder": shared, "decoder": shared}, {})
    assert read_weights(checkpoint.weights).keys() == {"encoder", "decoder"}


def test_nothing_is_there_before(checkpoint):
    assert checkpoint.read() is None
    assert checkpoint.read_progress() is None


@pytest.mark.parametrize("name", ["weights", "description"])
@pytest.mark.parametrize(
    "damage", [lambda _: b"", lambda content: content[:-7], lambda content: b"x" + content[1:]]
)
def test_a_damaged_checkpoint_is_set_aside(checkpoint, name, damage):
    checkpoint.write(STATE, {})
    file = getattr(checkpoint, name)
    file.write_bytes(damage(file.read_bytes()))
    assert checkpoint.read() is None
    assert not checkpoint.weights.exists()
    assert file.with_name(f"{file.name}.corrupt").exists()


def test_one_digit_of_what_a_checkpoint_says_is_noticed(checkpoint):
    checkpoint.write(STATE, {"history": [{"epoch": 12, "value": float("nan")}]})
    assert checkpoint.read() is not None
    checkpoint.description.write_text(checkpoint.description.read_text().replace("12", "13", 1))
    assert checkpoint.read() is None
    assert checkpoint.description.with_name("0123.json.corrupt").exists()


def test_a_checkpoint_of_an_earlier_version_guards_its_weights_alone(checkpoint):
    written = checkpoint.write(STATE, {"seconds": 1.5})
    earlier = {key: value for key, value in written.items() if key in ("seconds", "sha256")}
    files.write_json(checkpoint.description, earlier)
    assert checkpoint.read() == earlier


def test_a_checkpoint_without_weights_is_none(checkpoint):
    checkpoint.write(STATE, {})
    checkpoint.weights.unlink()
    assert checkpoint.read() is None


def test_progress_is_read_back_and_goes_with_the_checkpoint(checkpoint):
    checkpoint.write_progress({"epoch": 3, "weights": STATE, "history": [{"value": 0.5}]})
    progress = checkpoint.read_progress()
    assert progress["epoch"] == 3
    assert torch.equal(progress["weights"]["weight"], STATE["weight"])
    checkpoint.write(STATE, {})
    assert checkpoint.read_progress() is None


def test_damaged_progress_is_set_aside(checkpoint):
    checkpoint.write_progress({"epoch": 3})
    content = bytearray(checkpoint.progress.read_bytes())
    content[-5] ^= 1
    checkpoint.progress.write_bytes(content)
    assert checkpoint.read_progress() is None
    assert checkpoint.progress.with_name("0123.progress.corrupt").exists()


class Trap:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was executed",))


def test_a_pickle_is_refused_and_nothing_in_it_runs(tmp_path, checkpoint):
    file = tmp_path / "model.safetensors"
    file.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(UnusableEnvironmentError, match="cannot be read as safetensors"):
        read_weights(file)
    checkpoint.folder.mkdir()
    checkpoint.progress.write_bytes(pickle.dumps(Trap()))
    assert checkpoint.read_progress() is None


def test_weights_of_ones_own_are_read(tmp_path):
    save_file(STATE, tmp_path / "mine.safetensors")
    assert torch.equal(read_weights(tmp_path / "mine.safetensors")["weight"], STATE["weight"])


def test_what_torch_would_not_read_back_safely_is_refused(checkpoint):
    with pytest.raises(ModelFaultError, match=r"state_dict holds _extra_state, a Fraction, which cannot be kept"):
        checkpoint.write({"_extra_state": Fraction(1, 3)}, {})
    assert not checkpoint.weights.exists()


def test_counts_of_batches_may_be_missing(tmp_path):
    network, path = nn.BatchNorm1d(3), tmp_path / "old.safetensors"
    state = {name: value + 1 for name, value in network.state_dict().items() if name != "num_batches_tracked"}
    save_file(state, path)
    load_weights(network, path)
    assert torch.equal(network.running_mean, torch.ones(3))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"bias": torch.zeros(2)}, "it lacks weight"),
        ({"weight": torch.zeros(2, 3), "bias": torch.zeros(2), "more": torch.zeros(1)}, "it also holds more"),
        ({"weight": torch.zeros(3, 3), "bias": torch.zeros(2)}, "size mismatch for weight"),
    ],
)
def test_weights_of_another_network_are_refused_in_one_line(tmp_path, state, said):
    path = tmp_path / "other.safetensors"
    save_file(state, path)
    with pytest.raises(ModelFaultError, match=said) as refusal:
        load_weights(nn.Linear(3, 2), path)
    assert "other.safetensors does not fit the network" in str(refusal.value)
    assert "\n" not in str(refusal.value)
