"""What is missing of a run is made, what is stored is kept, and what fails is named."""

import pandas as pd
import pytest

from fixtures.command_runs import NAME, PLUGINS, contents, states, with_suites
from runbench.cli.main import main
from runbench.store.files import read_csv
from runbench.store.folders import RunFolder
from runbench.store.manifest import read_manifest
from runbench.store.tables import read_predictions

pytestmark = pytest.mark.usefixtures("cheap")


@pytest.mark.slow
def test_models_and_seeds_extend_a_run(arguments, tmp_path):
    first = [
        *arguments[: arguments.index("--models")],
        "--models",
        "linear",
        *arguments[arguments.index("--output") :],
    ]
    main(first)
    before = contents(tmp_path / "results" / NAME / "predictions")
    assert main([*arguments, "--seeds", "0", "4"]) == 0
    after = contents(tmp_path / "results" / NAME / "predictions")
    assert {name.rpartition("/")[2] for name in after} == {
        "linear-seed0.parquet", "linear-augmented-seed0.parquet",
        "linear-seed4.parquet", "linear-augmented-seed4.parquet",
    }  # fmt: skip
    assert all(after[name] == content for name, content in before.items())


def test_another_configuration_is_a_conflict_until_it_overwrites(arguments, tmp_path, capsys):
    main(arguments)
    before = contents(tmp_path / "results" / NAME)
    other = [*arguments, "--limit", "20"]
    assert main(other) == 4
    assert "limit is 40 there and 20 now" in capsys.readouterr().err
    assert contents(tmp_path / "results" / NAME).keys() == before.keys()
    assert main([*other, "--overwrite"]) == 0
    rows = read_predictions(tmp_path / "results" / NAME / "predictions" / "rotation" / "linear-seed0.parquet")
    assert rows["sample"].nunique() == 20
    # the first twenty of the same test images
    assert rows.query("level == 0")["label"].tolist() == labels_of(before)[:20]


@pytest.mark.slow
@pytest.mark.parametrize("file", ["costs.csv", "history.csv", "introspection/rotation/samples.npz", "summary.csv"])
def test_a_shared_file_that_changed_is_set_aside_and_made_again(arguments, tmp_path, capsys, file):
    main(arguments)
    before = contents(tmp_path / "results" / NAME)
    path = tmp_path / "results" / NAME / file
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    capsys.readouterr()
    assert main(arguments) == 0
    after = contents(tmp_path / "results" / NAME)
    assert {name: after[name] for name in before if name != "manifest.json"} == {
        name: content for name, content in before.items() if name != "manifest.json"
    }
    derived = file == "summary.csv"
    assert (f"{file}.corrupt" in after) != derived
    assert ("was gone or not the file" in capsys.readouterr().out) != derived


def labels_of(run):
    import io

    rows = pd.read_parquet(io.BytesIO(run["predictions/rotation/linear-seed0.parquet"]))
    return rows.query("level == 0")["label"].tolist()


@pytest.mark.slow
def test_two_runs_from_nothing_give_the_same_tables_byte_for_byte(arguments, tmp_path):
    main(arguments)
    again = [word.replace(str(tmp_path / "results"), str(tmp_path / "again")) for word in arguments]
    # another batch size and order change no test image, and here no number either
    assert main([*again, "--batch-size", "40"]) == 0
    for name in ("metrics.parquet", "history.csv"):
        first, second = (tmp_path / kind / NAME / name for kind in ("results", "again"))
        assert first.read_bytes() == second.read_bytes()


def test_cells_that_fail_are_named_and_the_others_run(arguments, tmp_path, capsys):
    models = ["--models", "linear", "diverging", "forgetful", "misshapen", "writing", "wide"]
    words = [*arguments, "--plugin", str(PLUGINS / "linear.py"), str(PLUGINS / "troubled.py"), *models]
    assert main(words) == 3
    assert states(tmp_path) == {
        "rotation/linear-seed0": "done",
        "rotation/diverging-seed0": "diverged",
        "rotation/forgetful-seed0": "done",
        "rotation/misshapen-seed0": "failed",
        "rotation/writing-seed0": "failed",
        "rotation/wide-seed0": "failed",
    }
    out = capsys.readouterr().out
    assert "the training loss is nan in epoch 1" in out
    assert "the model writes into its input" in out
    assert "float32 (2, 12) of 2 images, not scores (2, 10)" in out
    rows = read_predictions(tmp_path / "results" / NAME / "predictions" / "rotation" / "forgetful-seed0.parquet")
    broken = rows.query("not finite")
    assert len(broken) == len(rows) / 2
    assert not broken["correct"].any()
    assert (broken["predicted"] == -1).all()


def test_nothing_is_overwritten_before_the_new_run_can_start(arguments, tmp_path):
    main(arguments)
    before = contents(tmp_path / "results")
    for refused in (["--device", "cuda:99"], ["--dataset", "kmnist", "--data", str(tmp_path / "file" / "x")]):
        (tmp_path / "file").touch()
        assert main([*arguments, *refused, "--name", NAME, "--overwrite"]) == 5
        assert contents(tmp_path / "results") == before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["manifest.json", "costs.csv", "history.csv"])
@pytest.mark.parametrize("damage", [lambda _: b"", lambda content: content[: len(content) // 2]])
def test_damage_never_ends_in_a_traceback(arguments, tmp_path, capsys, name, damage):
    main(arguments)
    file = tmp_path / "results" / NAME / name
    file.write_bytes(damage(file.read_bytes()))
    code = main([*arguments, "--seeds", "0", "1"])
    assert code == (5 if name == "manifest.json" else 0)
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.slow
def test_training_in_bf16_is_a_run_of_its_own(arguments, tmp_path, capsys):
    assert main([*arguments, "--precision", "bf16"]) == 0
    bf16 = contents(tmp_path / "results" / "checkpoints")
    assert main(arguments) == 4
    assert "precision is bf16 there and fp32 now" in capsys.readouterr().err
    assert main([*arguments, "--name", "fp32"]) == 0
    assert len(contents(tmp_path / "results" / "checkpoints")) == 2 * len(bf16)


@pytest.mark.slow
def test_an_interrupted_run_goes_on_to_the_same_tables(arguments, tmp_path, monkeypatch):
    main(arguments)
    expected = contents(tmp_path / "results" / NAME)
    elsewhere = [word.replace(str(tmp_path / "results"), str(tmp_path / "other")) for word in arguments]

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("runbench.evaluation.evaluation.sweep", interrupt)
        assert main(elsewhere) == 130
    manifest = read_manifest(RunFolder(tmp_path / "other" / NAME))
    assert {cell["state"] for cell in manifest["cells"].values()} == {"missing"}
    assert main(elsewhere) == 0
    assert contents(tmp_path / "other" / NAME)["metrics.parquet"] == expected["metrics.parquet"]


@pytest.mark.slow
def test_several_suites_run_and_clean_models_of_one_canvas_are_trained_once(arguments, tmp_path):
    assert main(with_suites(arguments, "translation", "parts-exchange", "overlap", "stn-tc")) == 0
    run = tmp_path / "results" / "translation-parts-exchange-overlap-stn-tc-mnist10k-smoke"
    cells = read_manifest(RunFolder(run))["cells"]
    assert {cell["state"] for cell in cells.values()} == {"done"}
    keys = {
        model: {
            cells[f"{suite}/{model}-seed0"]["checkpoint"] for suite in ("translation", "parts-exchange", "overlap")
        }
        for model in ("linear", "linear-augmented")
    }
    assert [len(same) for same in keys.values()] == [1, 3]
    assert len(list((tmp_path / "results" / "checkpoints").glob("*.safetensors"))) == 1 + 3 + 2
    summary = read_csv(run / "summary.csv").set_index(["suite", "model"])
    assert summary.loc["overlap", "mean_digit_recall"].notna().all()
    assert summary.loc["parts-exchange", "mean_intact_auroc"].notna().all()
    assert summary.loc["stn-tc", "area_under_curve"].isna().all()
    assert summary.loc["translation", "mean_digit_recall"].isna().all()
