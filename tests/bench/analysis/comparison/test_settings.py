from fixtures.comparison_runs import SAME, answers, store
from fixtures.suites import BREAK, TURN
from runbench.analysis.comparison.compare import compare
from runbench.store.files import read_json, write_json
from runbench.store.run import read_run


def test_what_differs_in_the_manifests_is_listed_and_nothing_else(tmp_path):
    cells = [answers(TURN, "stn")]
    first = store(tmp_path / "first", cells)
    identity = SAME["identity"] | {"preset": "smoke"}
    second = store(tmp_path / "second", cells, git_commit="1" * 40, versions={"torch": "9"}, identity=identity)
    settings = compare(read_run(first), read_run(second)).settings
    assert {row.setting: (row.a, row.b) for row in settings.itertuples()} == {
        "identity: preset": ("not recorded", "smoke"),
        "versions: bench": ("0.1.0", "not recorded"),
        "versions: torch": ("2.11.0", "9"),
        "versions: python": ("3.12.3", "not recorded"),
        "git commit": ("0" * 40, "1" * 40),
    }


def test_another_recipe_of_a_model_is_listed_once_with_its_suites(tmp_path):
    folders = []
    for name, epochs in (("first", 3), ("second", 5)):
        folder = store(tmp_path / name, [answers(suite, "stn") for suite in (TURN, BREAK)])
        manifest = read_json(folder / "manifest.json")
        for cell in manifest["cells"].values():
            cell["training"] = {"recipe": {"epochs": epochs, "decay": 1.0}, "seed": epochs, "data_sha256": epochs}
        write_json(folder / "manifest.json", manifest)
        folders.append(folder)
    settings = compare(*map(read_run, folders)).settings
    assert settings.to_numpy().tolist() == [["training of stn: recipe: epochs (turn and break)", "3", "5"]]
