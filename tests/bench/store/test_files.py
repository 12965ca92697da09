import os

import numpy as np
import pandas as pd
import pytest

from runbench.errors import DamagedFileError
from runbench.store import files, tables


def test_a_file_appears_whole(tmp_path):
    path = tmp_path / "new" / "file"
    with files.atomic_file(path) as file:
        file.write(b"half")
        assert not path.exists()
        file.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert list(path.parent.iterdir()) == [path]


def test_an_error_while_writing_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail():
        with files.atomic_file(path) as file:
            file.write(b"new")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_writer_left_is_swept(tmp_path):
    (tmp_path / "deep").mkdir()
    leftover = tmp_path / "deep" / ".table.csv.abc.part"
    leftover.touch()
    kept = tmp_path / "deep" / "table.csv"
    kept.touch()
    files.sweep_temporaries(tmp_path)
    assert not leftover.exists()
    assert kept.exists()


def test_csv_keeps_nine_digits_and_tells_missing_from_empty(tmp_path):
    frame = pd.DataFrame({"value": [1 / 3, np.nan], "name": ["NA", "null"], "count": [1, 2]})
    files.write_csv(tmp_path / "table.csv", frame)
    back = files.read_csv(tmp_path / "table.csv")
    assert back["value"].tolist()[0] == pytest.approx(1 / 3, rel=1e-8)
    assert np.isnan(back["value"].tolist()[1])
    assert back["name"].tolist() == ["NA", "null"]
    assert back["count"].tolist() == [1, 2]


def test_json_is_read_back_and_damage_is_named(tmp_path):
    path = tmp_path / "file.json"
    files.write_json(path, {"b": 1, "a": [None, "é"]})
    assert files.read_json(path) == {"b": 1, "a": [None, "é"]}
    for content in (b"", b'{"b": ', b"[1]", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(DamagedFileError, match=r"file\.json"):
            files.read_json(path)


def test_arrays_are_read_back_and_written_alike(tmp_path):
    arrays = {"images": np.arange(12, dtype=np.uint8).reshape(3, 4), "levels": np.array([0.5, 1.0])}
    for name in ("first.npz", "second.npz"):
        files.write_arrays(tmp_path / name, **arrays)
    os.utime(tmp_path / "first.npz", (0, 0))
    assert (tmp_path / "first.npz").read_bytes() == (tmp_path / "second.npz").read_bytes()
    back = files.read_arrays(tmp_path / "first.npz")
    assert all(np.array_equal(back[name], array) for name, array in arrays.items())


@pytest.mark.parametrize("content", [b"", b"PAR1", b"x" * 1000])
def test_damaged_tables_are_named(tmp_path, content):
    for reader in (tables.read_predictions, files.read_arrays):
        path = tmp_path / "damaged"
        path.write_bytes(content)
        with pytest.raises(DamagedFileError, match="damaged"):
            reader(path)


def test_sha256_is_that_of_the_content(tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert files.sha256(tmp_path / "file") == expected
