import pytest

import runbench
from runbench.cli.parser import parse
from runbench.errors import UsageError


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["--siute", "rotation"], "--suite"),
        (["list", "--jsn"], "--json"),
        (["claims", "--rum"], "--run"),
        (["report", "--outputt=x", "reference"], "--output"),
    ],
)
def test_an_unknown_option_of_any_command_is_answered_with_the_nearest(words, near):
    with pytest.raises(UsageError, match=rf"there is no option '--\w+'; did you mean .*{near}\b"):
        parse("run-bench", words)


def test_options_in_front_of_a_command_count_and_those_behind_it_win():
    options = parse("run-bench", ["--output", "a", "--quiet", "report", "mine"])
    assert (str(options.output), options.quiet, options.name) == ("a", True, "mine")
    assert str(parse("run-bench", ["--output", "a", "report", "mine", "--output", "b"]).output) == "b"


@pytest.mark.parametrize("command", ["run-bench", "python run_bench.py", "python -m runbench"])
def test_help_and_version_call_the_command_by_its_name(command, capsys):
    with pytest.raises(SystemExit) as ended:
        parse(command, ["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: {command} ")
    assert f"\n  {command} list models\n" in text
    with pytest.raises(SystemExit):
        parse(command, ["--version"])
    assert capsys.readouterr().out == f"run-bench {runbench.__version__}\n"
