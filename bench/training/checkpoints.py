"""Trained weights on disk: safetensors with a JSON beside it, and the state of a training in progress.

A checkpoint is whole when its JSON is there and the sha256 in it is that of the weights. Anything else found
under its name is set aside as `*.corrupt`. Pickles are never read: a training state is loaded with
`weights_only=True`, after its checksum.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from runbench.errors import DamagedFileError, UnusableEnvironmentError
from runbench.store import files

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
            if files.sha256(self.weights) == description["sha256"]:
                return description
        except (DamagedFileError, FileNotFoundError, KeyError):
            pass
        for file in (self.weights, self.description):
            _set_aside(file)
        return None

    def write(self, state: Mapping[str, Tensor], description: Mapping[str, Any]) -> dict[str, Any]:
        """Write weights, then the description that makes them valid; drop the progress; return the description."""
        content = save({name: tensor.contiguous().clone() for name, tensor in state.items()})
        with files.atomic_file(self.weights) as file:
            file.write(content)
        complete = {**description, "sha256": hashlib.sha256(content).hexdigest()}
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
            _set_aside(self.progress)
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


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read tensors from a safetensors file; raise UnusableEnvironmentError for any other file, unread."""
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise UnusableEnvironmentError(
            f"{path} cannot be read as safetensors ({error}); save weights with safetensors.torch.save_file"
        ) from error


def _set_aside(file: Path) -> None:
    if file.exists():
        file.replace(file.with_name(f"{file.name}.corrupt"))
