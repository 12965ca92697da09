import pytest

from fixtures.blocking import run_without
from fixtures.comparison_runs import answers, store
from runbench.cli.main import main
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Two runs of a suite that there is, of a third of its levels."""
    monkeypatch.setattr("fixtures.comparison_runs.KNOWN", dict(SUITES))
    parameters = {"rotation": "images"}
    for name, network in (("first", 0), ("second", 5)):
        rows = answers(ROTATION, "stn", network=network, images=40)
        store(tmp_path / "results" / name, [rows[rows["level"] % 45 == 0]], test_images=parameters)
    return ["--output", str(tmp_path / "results"), "--reports", str(tmp_path / "reports")]


def test_two_runs_are_compared_and_the_paths_named(folders, tmp_path, capsys):
    assert main(["compare", "first", "second", *folders]) == 0
    out, err = capsys.readouterr()
    page = tmp_path / "reports" / "compare-first-second" / "index.html"
    assert err == ""
    assert f"tables  {page.parent / 'tables'}\n" in out
    assert f"report  {page}\n" in out
    assert "rotation: area under the curve on 40 test images" in out
    assert page.is_file()
    assert main(["compare", "first", "second", *folders, "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_a_run_that_is_not_there_is_refused_with_those_there_are(folders, capsys):
    for words in (["first", "third"], ["third", "first"]):
        assert main(["compare", *words, *folders]) == 2
        assert "there is no run 'third' in" in (err := capsys.readouterr().err)
        assert "there are: first, second" in err
    assert main(["compare", "first", *folders]) == 2
    assert "required: B" in capsys.readouterr().err


def test_runs_on_other_images_are_a_conflict_and_nothing_is_written(folders, tmp_path, capsys):
    store(
        tmp_path / "results" / "second", [answers(ROTATION, "stn", images=40)], test_images={"rotation": "others"}
    )
    store(
        tmp_path / "results" / "first", [answers(ROTATION, "stn", images=40)], test_images={"rotation": "images"}
    )
    assert main(["compare", "first", "second", *folders]) == 4
    assert "rotation: the test images differ" in capsys.readouterr().err
    assert not (tmp_path / "reports" / "compare-first-second").exists()


@pytest.mark.slow
def test_it_works_without_torch(folders):
    done = run_without(["torch", "torchvision", "kornia"], ["compare", "first", "second", *folders, "--quiet"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
