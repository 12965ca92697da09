"""Run the command line where some modules cannot be imported."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(name + " is blocked")
sys.meta_path.insert(0, Blocker())
from bench.cli import main
sys.exit(main({words!r}))
"""


def run_without(modules: list[str], words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run `run_bench.py` with `words` in a process that can import none of `modules`."""
    script = BLOCKED.format(names=modules, words=words)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
