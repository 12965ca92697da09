import hashlib
import struct

import numpy as np
import pytest
import torch

from runbench.data.catalogue import DATASETS
from runbench.data.loading import EMBEDDED, EMBEDDED_SHA256, SOURCES, load_dataset, stratified_order
from runbench.errors import UnusableEnvironmentError


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
    monkeypatch.setattr("runbench.data.loading.EMBEDDED", damaged)
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


def test_every_torchvision_dataset_says_how_it_is_read():
    builders = [spec.options["builder"] for spec in DATASETS.values() if "builder" in spec.options]
    assert sorted(builders) == sorted(SOURCES)


def test_letters_and_digits_that_are_stored_lying_are_read_upright(monkeypatch):
    class LyingDigits:
        def __init__(self, root, split, *, train, download):
            assert split == "digits"
            self.data = torch.zeros(20, 28, 28, dtype=torch.uint8)
            self.data[:, 3, 20] = 255
            self.targets = torch.arange(20) % 10

    monkeypatch.setattr("torchvision.datasets.EMNIST", LyingDigits)
    images = load_dataset(DATASETS["emnist-digits"], EMBEDDED.parent).test.images
    assert images[:, 0].nonzero()[:, 1:].unique(dim=0).tolist() == [[20, 3]]


def colour_of(sample, row, column):
    """Return a colour that says which of up to 100 samples it is of, and where it lies."""
    return sample, 100 + row, 200 + column


def expect_colours(split, samples):
    """Check that a split holds just the given samples, each with its own label and every pixel in its place."""
    assert split.images.dtype == torch.uint8
    assert split.images.is_contiguous()
    assert sorted(split.images[:, 0, 0, 0].tolist()) == samples
    for image, label in zip(split.images, split.labels, strict=True):
        sample = int(image[0, 0, 0])
        assert int(label) == sample % 10
        for row, column in ((0, 0), (5, 30), (31, 2)):
            assert tuple(image[:, row, column].tolist()) == colour_of(sample, row, column)


def photographs(first, count):
    """Return images (n, 32, 32, 3) of `colour_of` and their labels."""
    sample, row, column = np.meshgrid(np.arange(first, first + count), np.arange(32), np.arange(32), indexing="ij")
    return np.stack([sample, 100 + row, 200 + column], axis=-1).astype(np.uint8), np.arange(
        first, first + count
    ) % 10


def test_cifar10_is_read_channels_first_and_a_tenth_is_held_out(tmp_path, monkeypatch):
    class Photographs:
        def __init__(self, root, *, train, download):
            assert (root, download) == (str(tmp_path), True)
            planes, labels = photographs(0, 60) if train else photographs(60, 20)
            # A view of an array of channels first, as torchvision's is
            self.data = np.ascontiguousarray(planes.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1)
            self.targets = labels.tolist()

    monkeypatch.setattr("torchvision.datasets.CIFAR10", Photographs)
    dataset = load_dataset(DATASETS["cifar10"], tmp_path)
    assert [len(split) for split in (dataset.train, dataset.validation, dataset.test)] == [54, 6, 20]
    assert dataset.train.images.shape[1:] == (3, 32, 32)
    validation = sorted(dataset.validation.images[:, 0, 0, 0].tolist())
    expect_colours(dataset.validation, validation)
    expect_colours(dataset.train, sorted(set(range(60)) - set(validation)))
    expect_colours(dataset.test, list(range(60, 80)))


def test_svhn_is_asked_for_by_the_names_of_its_parts(tmp_path, monkeypatch):
    class HouseNumbers:
        def __init__(self, root, *, split, download):
            assert (root, download) == (str(tmp_path), True)
            planes, self.labels = {"train": photographs(0, 40), "test": photographs(40, 30)}[split]
            # A view of an array whose samples come last, as torchvision's is
            self.data = np.asfortranarray(planes.transpose(1, 2, 3, 0)).transpose(3, 2, 0, 1)

    monkeypatch.setattr("torchvision.datasets.SVHN", HouseNumbers)
    dataset = load_dataset(DATASETS["svhn"], tmp_path)
    assert [len(split) for split in (dataset.train, dataset.validation, dataset.test)] == [36, 4, 30]
    together = sorted(torch.cat([dataset.train.images, dataset.validation.images])[:, 0, 0, 0].tolist())
    assert together == list(range(40))
    expect_colours(dataset.train, sorted(dataset.train.images[:, 0, 0, 0].tolist()))
    expect_colours(dataset.test, list(range(40, 70)))


@pytest.mark.parametrize(
    ("name", "place"), [("cifar10", "cifar-10-batches-py"), ("svhn", ""), ("mnist", "MNIST/raw")]
)
def test_where_missing_files_belong_is_said(tmp_path, monkeypatch, name, place):
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("no network")

    builder = DATASETS[name].options["builder"]
    monkeypatch.setattr(f"torchvision.datasets.{builder}", refuse)
    with pytest.raises(UnusableEnvironmentError) as refusal:
        load_dataset(DATASETS[name], tmp_path)
    assert f"put its files under {tmp_path / place} or" in str(refusal.value)
