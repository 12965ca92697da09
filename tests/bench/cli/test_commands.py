import json

import pytest

from fixtures.blocking import run_without
from fixtures.command_runs import contents
from fixtures.comparison_runs import answers, store
from runbench.cli.main import main
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


def test_list_shows_what_there_is(capsys):
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    for name in ("rotation", "capsnet-augmented", "emnist-digits"):
        assert name in out
    assert main(["list", "models", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in listed["models"]][:2] == ["baseline", "augmented"]


def test_everything_is_listed_without_torch_and_pandas():
    done = run_without(["torch", "torchvision", "kornia", "pandas", "seaborn", "matplotlib"], ["list"])
    assert (done.returncode, done.stderr) == (0, "")
    for title in ("suites", "models: convolutional", "datasets", "metrics: predictions", "metrics: features"):
        assert f"{title}\n" in done.stdout


def test_report_of_a_run_that_is_not_there_names_those_that_are(tmp_path, capsys):
    assert main(["report", "nothing", "--output", str(tmp_path)]) == 2
    assert "there are: none" in capsys.readouterr().err


@pytest.mark.usefixtures("cheap")
def test_clean_removes_only_checkpoints_that_no_run_uses(arguments, tmp_path, capsys):
    main(arguments)
    checkpoints = tmp_path / "results" / "checkpoints"
    used = contents(checkpoints)
    (checkpoints / f"{'0' * 32}.safetensors").write_bytes(b"x" * 2**20)
    capsys.readouterr()
    assert main(["clean", "--output", str(tmp_path / "results")]) == 0
    assert "1 files removed, 1.0 MiB" in capsys.readouterr().out
    assert contents(checkpoints) == used


@pytest.mark.usefixtures("cheap")
def test_options_in_front_of_a_command_count(arguments, tmp_path, capsys):
    main(arguments)
    (tmp_path / "results" / "checkpoints" / "lost.json").touch()
    capsys.readouterr()
    assert main(["--output", str(tmp_path / "results"), "--quiet", "clean"]) == 0
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "results" / "checkpoints" / "lost.json").exists()


@pytest.fixture
def two_runs(tmp_path, monkeypatch):
    """Two runs of a suite that there is, of a third of its levels."""
    monkeypatch.setattr("fixtures.comparison_runs.KNOWN", dict(SUITES))
    parameters = {"rotation": "images"}
    for name, network in (("first", 0), ("second", 5)):
        rows = answers(ROTATION, "stn", network=network, images=40)
        store(tmp_path / "results" / name, [rows[rows["level"] % 45 == 0]], test_images=parameters)
    return ["--output", str(tmp_path / "results"), "--reports", str(tmp_path / "reports")]


def test_two_runs_are_compared_and_the_paths_named(two_runs, tmp_path, capsys):
    assert main(["compare", "first", "second", *two_runs]) == 0
    out, err = capsys.readouterr()
    page = tmp_path / "reports" / "compare-first-second" / "index.html"
    assert err == ""
    assert f"tables  {page.parent / 'tables'}\n" in out
    assert f"report  {page}\n" in out
    assert "rotation: area under the curve on 40 test images" in out
    assert page.is_file()
    assert main(["compare", "first", "second", *two_runs, "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_a_run_that_is_not_there_is_refused_with_those_there_are(two_runs, capsys):
    for words in (["first", "third"], ["third", "first"]):
        assert main(["compare", *words, *two_runs]) == 2
        assert "there is no run 'third' in" in (err := capsys.readouterr().err)
        assert "there are: first, second" in err
    assert main(["compare", "first", *two_runs]) == 2
    assert "required: B" in capsys.readouterr().err


def test_runs_on_other_images_are_a_conflict_and_nothing_is_written(two_runs, tmp_path, capsys):
    store(
        tmp_path / "results" / "second", [answers(ROTATION, "stn", images=40)], test_images={"rotation": "others"}
    )
    store(
        tmp_path / "results" / "first", [answers(ROTATION, "stn", images=40)], test_images={"rotation": "images"}
    )
    assert main(["compare", "first", "second", *two_runs]) == 4
    assert "rotation: the test images differ" in capsys.readouterr().err
    assert not (tmp_path / "reports" / "compare-first-second").exists()


@pytest.mark.slow
def test_it_works_without_torch(two_runs):
    done = run_without(["torch", "torchvision", "kornia"], ["compare", "first", "second", *two_runs, "--quiet"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
