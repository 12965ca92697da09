"""The package works in a thread, and in processes that were forked or spawned."""

import multiprocessing
import threading

import pytest

from runbench.cli.main import main


def in_a_thread(work):
    """Return what `work()` returns in a thread of its own."""
    results = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def listed(_: int) -> tuple[str, ...]:
    """Return the suites that another process lists."""
    import runbench as rb

    return rb.list_suites().names


def test_the_command_line_works_in_a_thread(capsys):
    assert in_a_thread(lambda: main(["list", "suites"])) == 0
    assert "rotation" in capsys.readouterr().out
