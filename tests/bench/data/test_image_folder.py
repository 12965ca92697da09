import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from runbench.data.catalogue import dataset_named
from runbench.data.image_folder import read_image, split_by_class
from runbench.data.loading import load_dataset
from runbench.errors import UnusableEnvironmentError


@pytest.mark.parametrize("counts", [(5, 5), (5, 200), (7, 19, 30), (100, 50, 10)])
def test_every_part_of_a_folder_has_its_share_of_every_class(counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    train, validation, test = split_by_class(labels, seed=3)
    assert sorted([*train, *validation, *test]) == list(range(sum(counts)))
    for label, count in enumerate(counts):
        held = {"validation": max(1, int(count * 0.1)), "test": max(1, int(count * 0.2))}
        assert (labels[validation] == label).sum() == held["validation"]
        assert (labels[test] == label).sum() == held["test"]
        assert (labels[train] == label).sum() == count - sum(held.values())


def test_every_prefix_of_a_part_is_a_fair_sample():
    labels = np.repeat(np.arange(3), [1000, 500, 500])
    for part in split_by_class(labels, seed=3):
        for count in (20, 40, 100):
            found = np.bincount(labels[part[:count]], minlength=3)
            assert np.abs(found - np.array([0.5, 0.25, 0.25]) * count).max() <= 2


def test_which_images_are_tested_hangs_on_the_seed():
    labels = np.repeat([0, 1], 50)
    assert set(split_by_class(labels, seed=1)[2]) != set(split_by_class(labels, seed=2)[2])


def save_plain(folder, mode, colours, extension="png"):
    """Write an image of one colour for each of `colours`, no two classes' files named alike."""
    folder.mkdir(parents=True)
    for number, colour in enumerate(colours):
        size = (20 + 7 * number, 50 - 5 * number)
        Image.new(mode, size, colour).save(folder / f"{folder.name}{number}.{extension}")


@pytest.fixture
def coloured(tmp_path):
    """Write two classes: reds whose shade says which image it is, and greys."""
    save_plain(tmp_path / "fruit" / "apple", "RGB", [(100 + shade, 0, 0) for shade in range(10)])
    save_plain(tmp_path / "fruit" / "stone", "L", [10 * (shade + 1) for shade in range(5)])
    return tmp_path / "fruit"


def loaded(folder):
    return load_dataset(dataset_named(f"folder:{folder}"), folder)


def test_a_folder_with_a_coloured_image_has_three_channels(coloured):
    dataset = loaded(coloured)
    splits = (dataset.train, dataset.validation, dataset.test)
    assert [len(split) for split in splits] == [7 + 3, 1 + 1, 2 + 1]
    images, labels = torch.cat([split.images for split in splits]), torch.cat([split.labels for split in splits])
    assert images.shape == (15, 3, 32, 32)
    assert (images.dtype, labels.dtype) == (torch.uint8, torch.int64)
    assert torch.equal(images, images[:, :, :1, :1].expand_as(images))
    assert sorted(images[labels == 0][:, :, 0, 0].tolist()) == [[100 + shade, 0, 0] for shade in range(10)]
    assert sorted(images[labels == 1][:, :, 0, 0].tolist()) == [[10 * shade] * 3 for shade in range(1, 6)]


def test_a_folder_of_grey_images_has_one_channel(tmp_path):
    save_plain(tmp_path / "bright", "L", range(200, 205))
    save_plain(tmp_path / "dark", "RGB", [(shade, shade, shade) for shade in range(5)])
    dataset = loaded(tmp_path)
    assert dataset.train.images.shape == (6, 1, 32, 32)
    assert {int(image[0, 0, 0]) >= 200 for image in dataset.train.images[dataset.train.labels == 0]} == {True}


def test_a_folder_is_the_same_data_wherever_it_lies(coloured, tmp_path):
    elsewhere = tmp_path / "elsewhere" / "renamed"
    for file in sorted(coloured.rglob("*.png"), reverse=True):
        (elsewhere / file.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(file, elsewhere / file.parent.name)
    assert loaded(elsewhere).sha256 == loaded(coloured).sha256


def test_what_is_no_visible_image_changes_nothing(coloured):
    before = loaded(coloured).sha256
    (coloured / "apple" / "notes.txt").write_text("a note")
    (coloured / "apple" / "._apple0.png").write_bytes(b"not an image")
    (coloured / ".cache").mkdir()
    assert loaded(coloured).sha256 == before


@pytest.mark.parametrize(
    ("mode", "stored", "extension", "expected"),
    [
        ("L", 77, "png", (77, 77, 77)),
        ("1", 1, "png", (255, 255, 255)),
        ("RGB", (10, 20, 30), "png", (10, 20, 30)),
        ("RGB", (10, 20, 30), "PPM", (10, 20, 30)),
        ("RGB", (10, 20, 30), "bmp", (10, 20, 30)),
        ("RGB", (10, 20, 30), "tif", (10, 20, 30)),
        ("RGBA", (100, 200, 50, 255), "png", (100, 200, 50)),
        ("RGBA", (100, 200, 50, 0), "png", (0, 0, 0)),
        ("RGBA", (100, 200, 50, 51), "png", (20, 40, 10)),
        ("LA", (100, 51), "png", (20, 20, 20)),
        ("CMYK", (0, 255, 255, 0), "tiff", (255, 0, 0)),
        ("I;16", 0, "png", (0, 0, 0)),
        ("I;16", 257 * 99, "png", (99, 99, 99)),
        ("I;16", 65535, "tif", (255, 255, 255)),
        ("I", 257 * 99, "tif", (99, 99, 99)),
    ],
)
def test_the_colour_of_an_image_of_any_mode(tmp_path, mode, stored, extension, expected):
    file = tmp_path / f"plain.{extension}"
    Image.new(mode, (41, 29), stored).save(file)
    assert np.array_equal(read_image(file, 32), np.broadcast_to(np.array(expected, np.uint8), (32, 32, 3)))


def test_a_lossy_image_is_read_but_for_its_losses(tmp_path):
    Image.new("RGB", (600, 400), (200, 90, 30)).save(tmp_path / "plain.jpg")
    assert np.abs(read_image(tmp_path / "plain.jpg", 32).astype(int) - [200, 90, 30]).max() <= 3


@pytest.mark.parametrize("transparent", [False, True])
def test_an_image_with_a_palette_is_read_in_its_colours(tmp_path, transparent):
    image = Image.new("P", (32, 32), 1)
    image.putpalette([255, 255, 255, 10, 20, 30])
    image.paste(0, (0, 0, 16, 32))
    image.save(tmp_path / "palette.png", **({"transparency": 0} if transparent else {}))
    pixels = read_image(tmp_path / "palette.png", 32)
    assert (pixels[:, 16:] == (10, 20, 30)).all()
    assert (pixels[:, :16] == (0 if transparent else 255)).all()


def test_the_centred_square_of_an_image_is_kept(tmp_path):
    wide = np.full((32, 96), 50, np.uint8)
    wide[:, 32:64] = np.arange(32 * 32, dtype=np.uint8).reshape(32, 32)
    Image.fromarray(wide).save(tmp_path / "wide.png")
    Image.fromarray(wide.T).save(tmp_path / "high.png")
    assert np.array_equal(read_image(tmp_path / "wide.png", 32)[..., 0], wide[:, 32:64])
    assert np.array_equal(read_image(tmp_path / "high.png", 32)[..., 0], wide[:, 32:64].T)


@pytest.mark.parametrize("extension", ["png", "jpg"])
def test_a_pattern_too_fine_to_be_seen_becomes_grey(tmp_path, extension):
    checks = (np.indices((512, 512)).sum(axis=0) % 2 * 200).astype(np.uint8)
    Image.fromarray(checks).save(tmp_path / f"checks.{extension}", quality=100)
    assert np.abs(read_image(tmp_path / f"checks.{extension}", 32).astype(int) - 100).max() <= 2


@pytest.mark.parametrize(
    ("extension", "side", "tolerance"), [("png", 64, 0), ("png", 1024, 0), ("jpg", 64, 4), ("jpg", 1024, 4)]
)
def test_resizing_keeps_everything_in_its_place(tmp_path, extension, side, tolerance):
    ramp = np.broadcast_to(np.linspace(0, 255, side), (side, side)).round().astype(np.uint8)
    Image.fromarray(ramp).save(tmp_path / f"ramp.{extension}", quality=95)
    pixels = read_image(tmp_path / f"ramp.{extension}", 32)
    # Away from the edges the mean of a ramp over a triangle is its value at the triangle's centre
    centres = ((np.arange(32) + 0.5) * side / 32 - 0.5) * 255 / (side - 1)
    assert np.abs(pixels[:, 1:-1, 0] - centres[1:-1]).max() <= 1 + tolerance


def test_a_photograph_taken_sideways_is_turned_upright(tmp_path):
    upright = np.zeros((32, 32), np.uint8)
    upright[:8] = 200
    sideways = Image.fromarray(np.rot90(upright))
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways.save(tmp_path / "sideways.png", exif=exif)
    assert np.array_equal(read_image(tmp_path / "sideways.png", 32)[..., 0], upright)


def test_a_file_that_is_no_image_is_refused_by_name(coloured):
    (coloured / "stone" / "stone3.png").write_bytes(b"not an image")
    with pytest.raises(
        UnusableEnvironmentError, match=r"stone3\.png cannot be read as an image.*replace it"
    ) as refusal:
        loaded(coloured)
    assert "\n" not in str(refusal.value)


def test_a_cut_image_is_refused_by_name(tmp_path):
    file = tmp_path / "cut.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)).save(file)
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(UnusableEnvironmentError, match=r"cut\.png cannot be read as an image"):
        read_image(file, 32)


def test_a_link_to_nowhere_is_refused_by_name(coloured):
    (coloured / "stone" / "lost.png").symlink_to(coloured / "nowhere.png")
    with pytest.raises(UnusableEnvironmentError, match=r"lost\.png cannot be read as an image"):
        loaded(coloured)


@pytest.mark.parametrize("values", [np.full((9, 9), 0.5, np.float32), np.full((9, 9), 70_000, np.int32)])
def test_pixels_whose_white_is_not_known_are_refused(tmp_path, values):
    Image.fromarray(values).save(tmp_path / "deep.tif")
    with pytest.raises(UnusableEnvironmentError, match=r"deep\.tif .*more than 16 bits"):
        read_image(tmp_path / "deep.tif", 32)


def test_an_empty_class_is_refused_by_name(coloured):
    (coloured / "void").mkdir()
    with pytest.raises(UnusableEnvironmentError, match=r"void holds 0 images .*\.jpg.*at least 5"):
        loaded(coloured)


def test_a_class_of_too_few_images_is_refused_by_name(coloured):
    (coloured / "stone" / "stone0.png").unlink()
    with pytest.raises(UnusableEnvironmentError, match=r"stone holds 4 images"):
        loaded(coloured)


def test_folders_of_parts_are_not_taken_for_classes(coloured, tmp_path):
    for part in ("train", "test"):
        shutil.copytree(coloured, tmp_path / "parts" / part)
    with pytest.raises(UnusableEnvironmentError, match=r"test holds 0 images .*directly in its folder"):
        loaded(tmp_path / "parts")
