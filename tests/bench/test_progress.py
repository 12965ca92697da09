import io
import sys

from runbench.progress import bar, silent


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_shows_on_a_terminal_only(monkeypatch):
    for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        assert list(bar(range(3), "training", 3)) == [0, 1, 2]
        assert ("training" in stream.getvalue()) is shown


def test_silence_passes_the_items_on():
    assert list(silent(range(3), "training", 3)) == [0, 1, 2]
