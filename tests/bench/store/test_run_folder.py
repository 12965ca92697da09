from runbench.store.migration import OLD
from runbench.store.run_folder import RunFolder, stored_runs


def test_a_cells_files_are_named_by_its_address(tmp_path):
    folder = RunFolder(tmp_path)
    assert [folder.name(path) for path in folder.of_cell("rotation/stn-seed0")] == [
        "predictions/rotation/stn-seed0.parquet",
        "features/rotation/stn-seed0.parquet",
        "introspection/rotation/stn-seed0.npz",
    ]
    old = RunFolder(tmp_path, OLD)
    assert [old.name(path) for path in (*old.of_cell("rotation/stn-seed0"), old.metrics)] == [
        "predictions/rotation/stn-seed0.parquet",
        "responses/rotation/stn-seed0.parquet",
        "gallery/rotation/stn-seed0.npz",
        "metrics.csv",
    ]


def test_samples_are_not_among_what_models_show(tmp_path):
    folder = RunFolder(tmp_path)
    for path in (
        folder.samples("scale"),
        folder.introspection("scale/stn-seed1"),
        folder.introspection("scale/a-seed0"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [path.name for path in folder.introspected("scale")] == ["a-seed0.npz", "stn-seed1.npz"]
    assert folder.introspected("rotation") == []


def test_runs_are_the_folders_with_a_manifest(tmp_path):
    for name in ("b", "a", "checkpoints"):
        (tmp_path / name).mkdir()
    for name in ("b", "a"):
        (tmp_path / name / "manifest.json").touch()
    assert stored_runs(tmp_path) == ["a", "b"]
