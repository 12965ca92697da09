"""The public names: `import runbench as rb`."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import runbench as rb

HEAVY = {"torch", "torchvision", "kornia", "pandas", "pyarrow", "matplotlib", "seaborn", "jinja2"}


def imported_after(code: str) -> set[str]:
    """Return the top-level packages that a fresh interpreter has loaded after running `code`."""
    script = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import runbench; runbench.__version__; dir(runbench)",
        "import runbench as rb; rb.list_suites(), rb.list_models(), rb.list_datasets(), rb.list_metrics()",
        "import runbench as rb; rb.register_model, rb.register_suite, rb.Suite, rb.ModelSpec",
    ],
)
def test_importing_and_listing_load_nothing_heavy(code):
    assert not imported_after(code) & HEAVY


def test_every_public_name_is_there_documented_and_listed():
    for name in rb.__all__:
        assert getattr(rb, name).__doc__, name
    assert set(rb.__all__) <= set(dir(rb))
    assert list(rb._MODULES) == rb.__all__


def test_a_checker_is_told_the_module_that_a_name_is_imported_from():
    source = ast.parse(Path(rb.__file__).read_text(encoding="utf-8"))
    (checked,) = [node for node in source.body if isinstance(node, ast.If)]
    imports = [node for node in checked.body if isinstance(node, ast.ImportFrom)]
    told = {alias.name: node.module for node in imports for alias in node.names}
    assert told == {name: f"runbench.{module}" for name, module in rb._MODULES.items()}


def test_a_name_that_there_is_not_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'runbench' has no attribute 'evalute'"):
        rb.evalute  # noqa: B018
