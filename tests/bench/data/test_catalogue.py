import os
import subprocess
import sys

import pytest

from runbench.data.catalogue import DATASETS, dataset_named
from runbench.errors import UnusableEnvironmentError, UsageError
from runbench.pipeline.resolve import NAME

ROTATION = "runbench.transforms.geometric:Rotation"


def make_folders(root, *names):
    for name in names:
        (root / name).mkdir(parents=True)
    return root


def test_six_and_nine_are_ambiguous_beyond_a_right_angle_only():
    digits = DATASETS["mnist10k"]
    assert digits.ambiguous_labels(ROTATION, 90.0) == ()
    assert digits.ambiguous_labels(ROTATION, 105.0) == (6, 9)
    assert digits.ambiguous_labels(ROTATION, -105.0) == (6, 9)
    assert digits.ambiguous_labels("runbench.transforms.geometric:Scaling", 180.0) == ()


def test_clothes_are_never_ambiguous():
    assert DATASETS["fashion-mnist"].ambiguous_labels(ROTATION, 180.0) == ()


def test_every_dataset_has_ten_classes_with_a_name_each():
    assert {len(set(dataset.classes)) for dataset in DATASETS.values()} == {10}


def test_ink_fits_its_image_and_fills_it_where_there_is_no_black_ground():
    for dataset in DATASETS.values():
        assert dataset.extent <= dataset.side
        assert dataset.background == "black" or dataset.extent == dataset.side


def test_the_ink_of_the_embedded_digits_lies_in_a_box_of_its_extent(tmp_path):
    from runbench.data.loading import load_dataset

    spec = DATASETS["mnist10k"]
    ink = load_dataset(spec, tmp_path).train.images[:, 0] > 0
    for axis in (1, 2):
        occupied = ink.any(dim=axis).int()
        first, last = occupied.argmax(dim=1), spec.side - 1 - occupied.flip(1).argmax(dim=1)
        assert (last - first + 1).max() == spec.extent


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_is_found_by_its_name(name):
    assert dataset_named(name) is DATASETS[name]


def test_an_unknown_name_is_refused_with_the_nearest_ones():
    with pytest.raises(UsageError, match=r"no dataset 'CIFAR-10'; did you mean cifar10"):
        dataset_named("CIFAR-10")
    with pytest.raises(UsageError, match=r"there are mnist10k, .*, svhn and folder:PATH"):
        dataset_named("./zzzz")


def test_a_folder_needs_a_path():
    with pytest.raises(UsageError, match="no dataset 'folder:'"):
        dataset_named("folder:")


def test_the_classes_of_a_folder_are_its_visible_folders_in_sorted_order(tmp_path):
    make_folders(tmp_path, "pear", "apple", ".cache", "Fig", "2")
    (tmp_path / "notes.txt").touch()
    spec = dataset_named(f"folder:{tmp_path}")
    assert spec.classes == ("2", "Fig", "apple", "pear")
    assert (spec.load, dict(spec.options)) == ("runbench.data.image_folder:load_folder", {"path": str(tmp_path)})
    assert (spec.side, spec.extent, spec.background) == (32, 32, "filled")


@pytest.mark.parametrize(
    ("basename", "name"),
    [
        ("flowers-17_v1.2", "folder-flowers-17_v1.2"),
        ("My photos (2024)", "folder-My-photos-2024"),
        ("Früchte", "folder-Fr-chte"),
        ("写真", "folder"),
    ],
)
def test_the_name_of_a_folder_can_be_part_of_the_name_of_a_run(tmp_path, basename, name):
    make_folders(tmp_path / basename, "a", "b")
    assert dataset_named(f"folder:{tmp_path / basename}").name == name
    assert NAME.fullmatch(name)


def test_a_folder_is_the_same_however_its_path_is_written(tmp_path, monkeypatch):
    make_folders(tmp_path / "fruit", "apple", "pear")
    (tmp_path / "link").symlink_to(tmp_path / "fruit", target_is_directory=True)
    expected = dataset_named(f"folder:{tmp_path / 'fruit'}")
    monkeypatch.chdir(tmp_path / "fruit")
    monkeypatch.setenv("HOME", str(tmp_path))
    for path in (".", "apple/..", "../fruit/", "~/fruit", "../link"):
        assert dataset_named(f"folder:{path}") == expected


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(UnusableEnvironmentError, match=r"nowhere cannot be read as a folder \(No such file"):
        dataset_named(f"folder:{tmp_path / 'nowhere'}")


def test_a_user_without_a_home_is_refused():
    with pytest.raises(UnusableEnvironmentError, match="cannot be read as a folder"):
        dataset_named("folder:~nobody-has-this-name/fruit")


def test_a_file_is_refused_as_a_folder(tmp_path):
    (tmp_path / "fruit.zip").touch()
    with pytest.raises(
        UnusableEnvironmentError, match=r"fruit\.zip cannot be read as a folder \(Not a directory\)"
    ):
        dataset_named(f"folder:{tmp_path / 'fruit.zip'}")


@pytest.mark.parametrize(("names", "count"), [((), 0), (("apple",), 1), (("apple", ".cache"), 1)])
def test_fewer_than_two_classes_are_refused(tmp_path, names, count):
    make_folders(tmp_path, *names)
    with pytest.raises(UnusableEnvironmentError, match=f"at least two of them; it holds {count}$"):
        dataset_named(f"folder:{tmp_path}")


def test_naming_a_folder_imports_no_torch(tmp_path):
    make_folders(tmp_path, "apple", "pear")
    script = (
        "import sys; from runbench.data.catalogue import dataset_named; dataset_named(sys.argv[1]); "
        "sys.exit(not {'torch', 'numpy', 'PIL'}.isdisjoint(sys.modules))"
    )
    subprocess.run(
        [sys.executable, "-c", script, f"folder:{tmp_path}"],
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
