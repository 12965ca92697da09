"""Trained weights on disk: safetensors with a JSON beside it, and the state of a training in progress.

A checkpoint is whole when its JSON is there and the sha256 in it are that of the weights and its own. Anything
else found under its name is set aside as `*.corrupt`. Pickles are never read: a training state is loaded with
`weights_only=True`, after its checksum.
"""

import hashlib
import io
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from runbench.errors import DamagedFileError, ModelFaultError, UnusableEnvironmentError
from runbench.store import files

PACKED = "packed:"
"""What the names of entries begin with that are no tensors."""

DIGEST_SIZE = hashlib.sha256().digest_size


@final
@dataclass(frozen=True)
class Checkpoint:
    """The files of one training, by its key."""

    folder: Path
    key: str

    @property
    def weights(self) -> Path:
        """Return the file of trained weights."""
        return self.folder / f"{self.key}.safetensors"

    @property
    def description(self) -> Path:
        """Return the JSON beside the weights: identity, checksum, history, time."""
        return self.folder / f"{self.key}.json"

    @property
    def progress(self) -> Path:
        """Return the file that keeps an unfinished training after its last whole epoch."""
        return self.folder / f"{self.key}.progress"

    def read(self) -> dict[str, Any] | None:
        """Return the description of a whole checkpoint; set a damaged one aside and return None."""
        if not self.description.exists():
            return None
        try:
            description = files.read_json(self.description)
            if files.is_sealed(description) and files.sha256(self.weights) == description["sha256"]:
                return description
        except (DamagedFileError, FileNotFoundError, KeyError):
            pass
        for file in (self.weights, self.description):
            files.set_aside(file)
        return None

    def write(self, state: Mapping[str, Any], description: Mapping[str, Any]) -> dict[str, Any]:
        """Write weights, then the description that makes them valid; drop the progress; return the description."""
        content = pack(state)
        with files.atomic_file(self.weights) as file:
            file.write(content)
        complete = files.sealed({**description, "sha256": hashlib.sha256(content).hexdigest()})
        files.write_json(self.description, complete)
        self.progress.unlink(missing_ok=True)
        return complete

    def read_progress(self) -> dict[str, Any] | None:
        """Return the state after the last whole epoch; set a damaged one aside and return None."""
        if not self.progress.exists():
            return None
        content = self.progress.read_bytes()
        digest, payload = content[:DIGEST_SIZE], content[DIGEST_SIZE:]
        if hashlib.sha256(payload).digest() != digest:
            files.set_aside(self.progress)
            return None
        state: dict[str, Any] = torch.load(io.BytesIO(payload), weights_only=True, map_location="cpu")
        return state

    def write_progress(self, state: Mapping[str, Any]) -> None:
        """Keep the state after a whole epoch, atomically, its checksum in front of it."""
        buffer = io.BytesIO()
        torch.save(dict(state), buffer)
        payload = buffer.getvalue()
        with files.atomic_file(self.progress) as file:
            file.write(hashlib.sha256(payload).digest())
            file.write(payload)


def pack(state: Mapping[str, Any]) -> bytes:
    """Return a state_dict as the content of a safetensors file, which `read_weights` reads.

    What is no tensor, such as the extra state of a module, becomes bytes under a name that says so. Raises
    ModelFaultError for what torch would not read back safely.
    """
    tensors = {name: value.contiguous().clone() for name, value in state.items() if isinstance(value, Tensor)}
    others = {f"{PACKED}{name}": _as_bytes(name, value) for name, value in state.items() if name not in tensors}
    return save({**tensors, **others})


def read_weights(path: Path) -> dict[str, Any]:
    """Read a state_dict from a safetensors file; raise UnusableEnvironmentError for any other file, unread."""
    try:
        state = load_file(path)
    except (SafetensorError, OSError) as error:
        raise UnusableEnvironmentError(
            f"{path} cannot be read as safetensors ({error}); save weights with safetensors.torch.save_file"
        ) from error
    return {
        name.removeprefix(PACKED): _from_bytes(value) if name.startswith(PACKED) else value
        for name, value in state.items()
    }


def load_weights(model: nn.Module, path: Path) -> None:
    """Give a model, which is put into evaluation, the weights of a safetensors file.

    Counts of batches, which older files lack, may be missing, as no answer depends on them. Raises
    ModelFaultError where others are, or where there are too many.
    """
    # Some networks have other entries in training than in evaluation, in which they are saved
    try:
        found = model.eval().load_state_dict(read_weights(path), strict=False)
    except RuntimeError as error:
        raise ModelFaultError(f"{path.name} does not fit the network: {' '.join(str(error).split())}") from error
    missing = [name for name in found.missing_keys if not name.endswith("num_batches_tracked")]
    for complaint, names in (("lacks", missing), ("also holds", found.unexpected_keys)):
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise ModelFaultError(f"{path.name} does not fit the network: it {complaint} {names[0]}{more}")


def _as_bytes(name: str, value: object) -> Tensor:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    packed = torch.frombuffer(bytearray(buffer.getvalue()), dtype=torch.uint8)
    try:
        _from_bytes(packed)
    except pickle.UnpicklingError as error:
        raise ModelFaultError(
            f"the state_dict holds {name}, a {type(value).__name__}, which cannot be kept safely: "
            "use tensors, numbers, text, lists and dicts"
        ) from error
    return packed


def _from_bytes(packed: Tensor) -> Any:
    return torch.load(io.BytesIO(packed.numpy().tobytes()), weights_only=True)
