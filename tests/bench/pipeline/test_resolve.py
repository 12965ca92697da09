from dataclasses import replace

import pytest

from runbench.cli.parser import parse
from runbench.cli.running import settings_of
from runbench.errors import UsageError
from runbench.models.registry import get_model, register, registered_models
from runbench.pipeline import resolve as resolving
from runbench.pipeline.resolve import run_name
from runbench.suites import SUITES


def resolve(*words):
    """Resolve a run as the command line names it."""
    options = parse("run-bench", words)
    return resolving.resolve(options.suites, **settings_of(options))


def test_the_default_run_is_six_models_one_seed():
    configuration = resolve("--suite", "rotation")
    assert [model.name for model in configuration.models] == [
        "baseline", "augmented", "stn", "stn-clean", "capsnet", "capsnet-augmented",
    ]  # fmt: skip
    assert configuration.seeds == (0,)
    assert configuration.name == "rotation-mnist10k-standard"
    assert configuration.folder.path == configuration.output / configuration.name


def test_every_option_is_understood(tmp_path):
    weights = tmp_path / "mine.safetensors"
    weights.touch()
    configuration = resolve(
        *(
            "--suite",
            "rotation",
            "--models",
            "stn",
            "capsnet",
            "stn",
            "--dataset",
            "kmnist",
            "--data",
            str(tmp_path),
        ),
        *("--preset", "paper", "--seeds", "0", "1", "2", "--device", "cuda:1", "--precision", "bf16"),
        *("--batch-size", "17", "--limit", "9", "--threads", "3", "--output", "o", "--reports", "r"),
        *("--name", "trial.1", "--weights", f"stn={weights}"),
    )
    assert [model.name for model in configuration.models] == ["stn", "capsnet"]
    assert configuration.seeds == (0, 1, 2)
    assert (configuration.dataset.name, configuration.preset) == ("kmnist", "paper")
    assert (configuration.device, configuration.precision) == ("cuda:1", "bf16")
    assert (configuration.batch_size, configuration.limit, configuration.threads) == (17, 9, 3)
    assert configuration.weights == {"stn": weights}
    assert str(configuration.folder.path) == "o/trial.1"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "name a suite"),
        (("--suite", "rotatoin"), "did you mean rotation"),
        (("--suite", "rotation", "--models", "capsnt"), "did you mean capsnet"),
        (("--suite", "rotation", "--dataset", "minst"), "did you mean mnist"),
        (("--suite", "rotation", "--device", "gpu"), "there is no device 'gpu'"),
        (("--suite", "rotation", "--limit", "0"), "'0' is not a positive whole number"),
        (("--suite", "rotation", "--batch-size", "-3"), "not a positive whole number"),
        (("--suite", "rotation", "--seeds", "-1"), "not a whole number from 0"),
        (("--suite", "rotation", "--seeds", "one"), "'one' is not a whole number"),
        (("--suite", "rotation", "--preset", "huge"), "invalid choice: 'huge'"),
        (("--suite", "rotation", "--name", "../../x"), "run name '../../x' is refused"),
        (("--suite", "rotation", "--weights", "stn"), "write MODEL=FILE.safetensors"),
        (("--suite", "rotation", "--weights", "stn=nowhere"), "there is no file nowhere of weights for stn"),
        (("--suite", "rotation", "--models", "stn", "--weights", f"capsnet={__file__}"), "not among the models"),
        (("--suite", "part"), "did you mean parts"),
        (
            ("--suite", "scale", "--levels", "0"),
            "level 0 makes no sense for scale: its scale factor goes from 0.1",
        ),
        (("--suite", "scale", "--levels", "-2"), "level -2 makes no sense"),
        (("--suite", "scale", "--levels", "1"), "name one beside 1"),
        (("--suite", "rotation", "--levels", "nan"), "'nan' is not a finite number"),
        (("--suite", "rotation", "--levels", "inf"), "'inf' is not a finite number"),
        (("--suite", "rotation", "--levels", "steep"), "'steep' is not a finite number"),
        (("--suite", "rotation", "--levels", "361"), "goes from -360 to 360 degrees"),
        (("--suite", "parts-apart", "--levels", "1.5"), "its px are whole"),
        (("--suite", "stn-r", "--levels", "0.5"), "a set that is tested as it is"),
        (("--suite", "rotation", "scale", "--levels", "1"), "belong to one suite, not to 2"),
        (("--suite", "overlap", "--dataset", "cifar10"), "makes no sense for cifar10: two images are laid over"),
        (("--siute", "rotation"), "did you mean --suite"),
        (("lits",), "invalid choice: 'lits'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(words, message):
    with pytest.raises(UsageError) as refusal:
        resolve(*words)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "name", ["../x", "/etc", ".hidden", "", "a/b", "a\nb", "<script>", "=cmd", "x" * 101, "checkpoints"]
)
def test_hostile_run_names_are_refused(name):
    with pytest.raises(UsageError, match="is refused"):
        run_name(name)


def test_a_plug_ins_models_join_the_default_ones(arguments):
    words = [word for word in arguments if word not in ("--models", "linear", "linear-augmented")]
    assert [model.name for model in resolve(*words).models][6:] == ["linear-augmented", "linear"]


def test_a_broken_plug_in_is_named_and_the_others_run(tmp_path, own_registries):
    plugin = tmp_path / "broken.py"
    plugin.write_text("import nothing_of_that_name")
    configuration = resolve("--suite", "rotation", "--plugin", str(plugin))
    assert len(configuration.models) == 6
    (broken,) = configuration.broken
    assert "ModuleNotFoundError: No module named 'nothing_of_that_name'" in broken


def test_no_default_name_is_reference():
    assert all(spec.name != "reference" for spec in registered_models())
    assert "-" in resolve("--suite", "rotation").name


def test_groups_and_all_name_their_suites_once():
    parts = ["parts-apart", "parts-halves", "parts-exchange"]
    assert [suite.name for suite in resolve("--suite", "parts").suites] == parts
    several = resolve("--suite", "scale", "parts-halves", "parts")
    assert [suite.name for suite in several.suites] == ["scale", "parts-halves", "parts-apart", "parts-exchange"]
    assert several.name == "scale-parts-halves-parts-mnist10k-standard"
    everything = resolve("--suite", "all", "--preset", "smoke")
    assert [suite.name for suite in everything.suites] == list(SUITES)
    assert everything.name == "all-mnist10k-smoke"


def test_levels_are_sorted_and_the_identity_is_among_them():
    (suite,) = resolve("--suite", "rotation", "--levels", "30", "-15", "7.5", "30").suites
    assert suite.levels == (-15.0, 0.0, 7.5, 30.0)
    (suite,) = resolve("--suite", "scale", "--levels", "0.5").suites
    assert suite.levels == (0.5, 1.0)


def test_suites_that_do_not_suit_the_data_are_left_out_of_a_group_and_say_why():
    configuration = resolve("--suite", "all", "--dataset", "cifar10")
    assert set(configuration.left_out) == {"overlap", "multimnist", "stn-tc"}
    assert {suite.name for suite in configuration.suites} == set(SUITES) - set(configuration.left_out)
    assert all("black ground" in reason for reason in configuration.left_out.values())
    assert not resolve("--suite", "all").left_out


def test_canvases_grow_with_the_data():
    sides = {suite.name: suite.canvas for suite in resolve("--suite", "all", "--dataset", "cifar10").suites}
    assert (sides["rotation"], sides["translation"], sides["stn-rts"]) == (32, 44, 46)
    sides = {suite.name: suite.canvas for suite in resolve("--suite", "all", "--dataset", "fashion-mnist").suites}
    assert (sides["rotation"], sides["translation"], sides["overlap"]) == (28, 40, 56)


def test_a_model_that_a_preset_does_not_have_is_refused(own_registries):
    register(replace(get_model("baseline"), name="huge", presets=("paper",)))
    with pytest.raises(UsageError, match="'huge' is built for the preset paper only"):
        resolve("--suite", "rotation", "--models", "huge")
    assert resolve("--suite", "rotation", "--models", "huge", "--preset", "paper").models[0].name == "huge"


def test_the_published_recipes_can_be_cut_short():
    (capsnet,) = resolve("--suite", "rotation", "--models", "capsnet", "--preset", "paper", "--epochs", "5").models
    assert capsnet.recipe("paper") == replace(get_model("capsnet").recipe("paper"), epochs=5)
    with pytest.raises(UsageError, match="need the preset paper, not standard"):
        resolve("--suite", "rotation", "--epochs", "5")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"preset": "huge"}, "there is no preset 'huge'; there are smoke, standard, paper"),
        ({"precision": "fp64"}, "there is no precision 'fp64'; there are fp32, bf16"),
        ({"limit": 0}, "limit 0 makes no sense"),
        ({"batch_size": -1}, "batch size -1 makes no sense"),
        ({"threads": 0}, "threads 0 makes no sense"),
        ({"seeds": [0, -1]}, "seed -1 makes no sense"),
        ({"seeds": [2**31]}, "whole number from 0 to 2147483647"),
        ({"levels": [float("nan")]}, "level nan makes no sense"),
        ({"weights": {"stn": "nowhere"}}, "there is no file nowhere"),
    ],
)
def test_users_of_python_are_refused_what_the_command_line_refuses(settings, message):
    with pytest.raises(UsageError, match=message):
        resolving.resolve("rotation", **settings)


def test_models_may_be_named_suite_by_suite():
    configuration = resolving.resolve(
        ["rotation", "scale"], models={"rotation": ["stn"], "scale": ["stn", "baseline"]}
    )
    assert [(suite.name, model.name) for suite, model in configuration.suites_and_models] == [
        ("rotation", "stn"), ("scale", "stn"), ("scale", "baseline"),
    ]  # fmt: skip
