import inspect

import pytest

from runbench import errors
from runbench.errors import BenchError

KINDS: list[type[BenchError]] = [BenchError, *BenchError.__subclasses__()]
ALL = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, Exception)]


def test_exit_codes_tell_the_kinds_apart_and_from_success_and_from_a_run_that_is_incomplete():
    codes = [kind.exit_code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert not {0, 3} & set(codes)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_reads_as_its_line_and_names_the_list_to_choose_from(kind):
    assert str(kind("nothing there")) == "nothing there"
    assert str(kind("nothing there", see="suites")) == "nothing there; see runbench.list_suites()"
    assert kind("nothing there", see="suites").message == "nothing there"


def test_what_is_no_fault_of_the_call_is_no_bench_error_and_is_caught_alone():
    others = [kind for kind in ALL if not issubclass(kind, BenchError)]
    assert others
    assert not [(a, b) for a in others for b in others if a is not b and issubclass(a, b)]
