"""The package works in a thread, and in processes that were forked or spawned."""

import subprocess
import sys
import threading
from textwrap import dedent

import pytest

from runbench.cli.main import main


def in_a_thread(work):
    """Return what `work()` returns in a thread of its own."""
    results = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def test_the_command_line_works_in_a_thread(capsys):
    assert in_a_thread(lambda: main(["list", "suites"])) == 0
    assert "rotation" in capsys.readouterr().out


PROCESS = """
    import multiprocessing
    import threading
    import runbench as rb

    def work(name):
        settings = dict(models=["baseline"], preset="smoke", limit=20, threads=1, device="cpu")
        return rb.run("rotation", name=name, **settings).metrics["value"].tolist()

    def in_a_thread(name):
        found = []
        thread = threading.Thread(target=lambda: found.extend(work(name)))
        thread.start()
        thread.join()
        return found

    if __name__ == "__main__":
        here = work("here")
        assert in_a_thread("thread") == here
        with multiprocessing.get_context("{method}").Pool(1) as pool:
            assert pool.map(work, ["there"]) == [here]
            pool.close()
            pool.join()
"""


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_thread_and_another_process_measure_the_same(method, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(dedent(PROCESS).format(method=method), encoding="utf-8")
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
