from runbench.cli.output import Output
from runbench.errors import ConflictError, UsageError


def test_quiet_leaves_only_what_went_wrong(capsys):
    output = Output("run-bench", quiet=True)
    output.say("done")
    output.warn("odd")
    assert capsys.readouterr() == ("", "run-bench: odd\n")


def test_an_error_names_the_list_of_its_choices_in_the_words_of_who_reads_it(capsys):
    error = UsageError("there is no model 'x'", see="models")
    Output("python -m runbench").refuse(error)
    assert capsys.readouterr().err == (
        "python -m runbench: there is no model 'x'; see 'python -m runbench list models'\n"
    )
    assert str(error) == "there is no model 'x'; see runbench.list_models()"


def test_an_error_takes_one_line(capsys):
    Output("run-bench").refuse(ConflictError("in\nuse"))
    Output("run-bench").refuse(OSError(28, "No space\nleft"))
    assert capsys.readouterr().err.count("\n") == 2
