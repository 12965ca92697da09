import hashlib
import struct

import numpy as np
import pytest
import torch

from bench.datasets import DATASETS
from bench.errors import UnusableEnvironmentError
from bench.loading import EMBEDDED, EMBEDDED_SHA256, load_dataset, stratified_order


def test_the_embedded_digits_are_the_file_that_was_made():
    assert hashlib.sha256(EMBEDDED.read_bytes()).hexdigest() == EMBEDDED_SHA256


def test_the_embedded_split_is_stratified_and_disjoint(tmp_path):
    dataset = load_dataset(DATASETS["mnist10k"], tmp_path)
    splits = (dataset.train, dataset.validation, dataset.test)
    assert [len(split) for split in splits] == [7000, 1000, 2000]
    assert all(split.images.dtype == torch.uint8 and split.images.shape[1:] == (1, 28, 28) for split in splits)
    together = torch.cat([split.images.flatten(1) for split in splits])
    with np.load(EMBEDDED) as arrays:
        shares = np.bincount(arrays["labels"]) / 10_000
        assert sorted(map(bytes, together.numpy())) == sorted(map(bytes, arrays["images"].reshape(10_000, -1)))
    for split in splits:
        counts = torch.bincount(split.labels).numpy()
        assert np.abs(counts - shares * len(split)).max() <= 1.5


def test_a_damaged_embedded_file_is_refused(tmp_path, monkeypatch):
    damaged = tmp_path / "mnist10k.npz"
    content = bytearray(EMBEDDED.read_bytes())
    content[1000] ^= 1
    damaged.write_bytes(content)
    monkeypatch.setattr("bench.loading.EMBEDDED", damaged)
    with pytest.raises(UnusableEnvironmentError, match="not the file that was shipped"):
        load_dataset(DATASETS["mnist10k"], tmp_path)


@pytest.mark.parametrize("count", [10, 37, 100, 250])
def test_every_prefix_of_a_stratified_order_is_a_fair_sample(count):
    labels = np.repeat(np.arange(5), [100, 50, 200, 100, 50])
    order = stratified_order(labels, seed=3)
    assert sorted(order) == list(range(500))
    expected = np.array([0.2, 0.1, 0.4, 0.2, 0.1]) * count
    assert np.abs(np.bincount(labels[order[:count]], minlength=5) - expected).max() <= 1


def test_the_order_within_a_class_is_shuffled_by_the_seed():
    labels = np.zeros(50, dtype=int)
    assert not np.array_equal(stratified_order(labels, seed=1), stratified_order(labels, seed=2))
    assert not np.array_equal(stratified_order(labels, seed=1), np.arange(50))


def write_idx(path, array):
    header = struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


@pytest.fixture
def raw_mnist(tmp_path):
    """Lay a small dataset out as torchvision does."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    source = np.random.default_rng(0)
    for part, count in (("train", 200), ("t10k", 50)):
        write_idx(raw / f"{part}-images-idx3-ubyte", source.integers(0, 256, (count, 28, 28)))
        write_idx(raw / f"{part}-labels-idx1-ubyte", np.arange(count) % 10)
    return tmp_path


def test_torchvision_data_is_read_and_validation_comes_from_training(raw_mnist):
    dataset = load_dataset(DATASETS["mnist"], raw_mnist)
    assert [len(split) for split in (dataset.train, dataset.validation, dataset.test)] == [180, 20, 50]
    assert torch.bincount(dataset.validation.labels).tolist() == [2] * 10
    stored = np.fromfile(raw_mnist / "MNIST" / "raw" / "t10k-images-idx3-ubyte", np.uint8, offset=16)
    assert sorted(map(bytes, dataset.test.images.numpy())) == sorted(map(bytes, stored.reshape(50, -1)))


def test_cut_data_is_refused_in_one_line(raw_mnist):
    file = raw_mnist / "MNIST" / "raw" / "train-images-idx3-ubyte"
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(UnusableEnvironmentError, match="MNIST is neither whole in") as refusal:
        load_dataset(DATASETS["mnist"], raw_mnist)
    assert "\n" not in str(refusal.value)


def test_missing_data_that_cannot_be_downloaded_is_refused(tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("Error downloading\nno network")

    monkeypatch.setattr("torchvision.datasets.mnist.download_and_extract_archive", refuse)
    with pytest.raises(UnusableEnvironmentError, match=r"no network.*choose another folder with --data"):
        load_dataset(DATASETS["kmnist"], tmp_path)
