"""Read a folder of images, a folder a class, as a dataset."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

from runbench.data.catalogue import FOLDER_SIDE, class_folders, visible_entries
from runbench.data.loading import Split, stratified_order
from runbench.environment import purpose_seed
from runbench.errors import UnusableEnvironmentError

FEWEST_IMAGES = 5
"""How many images a class must have."""


def load_folder(folder: Path, path: str) -> tuple[Split, Split, Split]:  # noqa: ARG001
    """Load the images that lie in `path` in a folder a class: 70% for training, 10% validation, 20% test.

    Labels count the class folders in sorted order. Images lie directly in them, with an extension that
    torchvision's ImageFolder accepts; hidden files are left out. They become (1, 32, 32) where all of them are
    grey, else (3, 32, 32). The split depends on the images' names only, not on where the folder lies, and gives
    every part an image of every class at least.

    Raises UnusableEnvironmentError where a file is no image and where a class has fewer than FEWEST_IMAGES.
    """
    files = [_image_files(class_folder) for class_folder in class_folders(Path(path))]
    labels = np.repeat(np.arange(len(files)), [len(of_class) for of_class in files])
    pixels = np.stack([read_image(file, FOLDER_SIDE) for of_class in files for file in of_class])
    grey = (pixels == pixels[..., :1]).all()
    images = torch.from_numpy(pixels[..., :1] if grey else pixels).movedim(-1, 1).contiguous()
    everything = Split(images, torch.from_numpy(labels))
    train, validation, test = split_by_class(labels, purpose_seed("split", "folder"))
    return everything.take(train), everything.take(validation), everything.take(test)


def split_by_class(labels: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the positions of the training, validation and test samples, each in stratified order.

    A fifth of every class is for test and a tenth for validation, rounded down, but one sample at least.
    """
    order = stratified_order(labels, seed)
    places = (np.flatnonzero(labels[order] == label) for label in np.unique(labels))
    cut = (np.split(place, np.cumsum([max(1, len(place) // 5), max(1, len(place) // 10)])) for place in places)
    test, validation, train = (order[np.sort(np.concatenate(part))] for part in zip(*cut, strict=True))
    return train, validation, test


def read_image(file: Path, side: int) -> np.ndarray:
    """Read an image of any size and mode as uint8 (side, side, 3), grey ones with three equal channels.

    The largest centred square is kept and resized by an antialiased bilinear filter: proportions stay, as a
    squeezed object would be a changed one. Images are turned upright as their EXIF data say, what is transparent
    lies on black, 16 bit grey is scaled to 8 bits, and of several frames the first is taken.

    Raises UnusableEnvironmentError for a file that cannot be read so.
    """
    try:
        with Image.open(file) as image:
            # A JPEG far larger than needed is decoded at a fraction of its size, which is several times faster
            image.draft(None, (4 * side, 4 * side))
            upright = _to_rgb(ImageOps.exif_transpose(image))
            return np.asarray(ImageOps.fit(upright, (side, side), Image.Resampling.BILINEAR))
    except Exception as error:  # a damaged file makes Pillow raise anything
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UnusableEnvironmentError(
            f"{file} cannot be read as an image ({reason}); replace it or take it away"
        ) from error


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return _to_eight_bits(image).convert("RGB")
    if image.has_transparency_data:
        ground = Image.new("RGBA", image.size, "black")
        return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _to_eight_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    if values.dtype.kind == "f" or values.min() < 0 or values.max() > 65535:
        raise ValueError("its pixels have more than 16 bits")
    return Image.fromarray(np.rint(values / 257).astype(np.uint8))


def _image_files(class_folder: Path) -> list[Path]:
    """Return the images of a class, sorted by name; raise UnusableEnvironmentError for too few."""
    from torchvision.datasets.folder import IMG_EXTENSIONS

    images = [file for file in visible_entries(class_folder) if file.suffix.lower() in IMG_EXTENSIONS]
    if len(images) < FEWEST_IMAGES:
        raise UnusableEnvironmentError(
            f"{class_folder} holds {len(images)} images ({' '.join(IMG_EXTENSIONS)}); a class needs at least "
            f"{FEWEST_IMAGES}, directly in its folder: add some or take the folder away"
        )
    return images
