"""A user whose project has folders named models, transforms and bench uses the package, also from a wheel."""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"bench": "runbench", "models": "runbench/models", "transforms": "runbench/transforms"}

PROJECT = {
    "models/__init__.py": 'NAME = "models of the user"\n',
    "models/recipes.py": 'NAME = "recipes of the user"\n',
    "models/mynet.py": """
        from models.recipes import NAME
        from torch import nn

        from runbench import register_model
        from transforms.flatten import Flatten

        @register_model("mine", regime="clean", summary=NAME)
        def build(in_channels, num_classes, image_size, preset):
            height, width = image_size
            return nn.Sequential(Flatten(), nn.Linear(in_channels * height * width, num_classes))
    """,
    "transforms/__init__.py": 'NAME = "transforms of the user"\n',
    "transforms/flatten.py": """
        from torch import nn

        class Flatten(nn.Module):
            def forward(self, images):
                return images.flatten(1)
    """,
    "bench/__init__.py": 'NAME = "bench of the user"\n',
    "bench/data/__init__.py": 'NAME = "data of the user"\n',
}


@pytest.fixture
def project(tmp_path) -> Path:
    """Make the folder of a user's project that has models, transforms and a bench of its own."""
    folder = tmp_path / "project"
    for name, text in PROJECT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text), encoding="utf-8")
    return folder


def call(folder: Path, *words: str) -> str:
    """Run a command in a folder, and return what it prints; it must succeed and complain about nothing."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, env=environment())
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def environment() -> dict[str, str]:
    """Return our environment without what would help imports."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def installed_command(python: str | Path) -> str:
    return str(Path(python).with_name("run-bench"))


SMOKE = ("--suite", "rotation", "--preset", "smoke", "--limit", "20", "--threads", "1", "--device", "cpu")


def states(folder: Path) -> dict[str, str]:
    manifest = json.loads((folder / "results" / "rotation-mnist10k-smoke" / "manifest.json").read_text())
    return {address: cell["state"] for address, cell in manifest["cells"].items()}


@pytest.mark.slow
def test_a_notebook_uses_the_package_and_its_own_folders(project):
    script = """
        import models, transforms, bench, bench.data, models.mynet
        import runbench as rb
        import runbench.models.recipes, runbench.transforms.geometric

        assert models.NAME == "models of the user" and models.recipes.NAME == "recipes of the user"
        assert transforms.NAME == "transforms of the user" and bench.data.NAME == "data of the user"
        assert rb.list_models("mine").names == ("mine",)
        assert "rotation" in rb.list_suites().names
        settings = dict(preset="smoke", limit=20, threads=1, device="cpu", name="mine")
        run = rb.run("rotation", models=["mine"], plugins=["models.mynet"], **settings)
        assert set(run.metrics["model"]) == {"mine"}
    """
    call(project, sys.executable, "-c", dedent(script))


@pytest.mark.slow
@pytest.mark.parametrize("plugin", ["models/mynet.py", "models.mynet"])
def test_a_plug_in_of_the_project_is_measured(project, plugin):
    command = installed_command(sys.executable)
    assert "mine" in call(project, command, "list", "models", "--plugin", plugin)
    call(project, command, *SMOKE, "--plugin", plugin, "--models", "mine")
    assert states(project) == {"rotation/mine-seed0": "done"}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """Build the wheel from a copy of the sources, so that nothing of an earlier build gets into it."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    call(source, *pip, "wheel", ".", "--no-deps", "--no-build-isolation", "--wheel-dir", str(made))
    return next(made.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel):
    expected = {
        f"{package}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, package in FOLDERS.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == expected
    assert {"runbench/data/assets/mnist10k.npz", "runbench/report/templates/page.html.j2"} <= held


@pytest.mark.slow
def test_an_installed_wheel_works_in_a_clean_environment(wheel, project, tmp_path):
    clean = tmp_path / "clean"
    venv.create(clean, with_pip=False)
    python = clean / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", str(python), "--quiet", "--disable-pip-version-check")
    call(tmp_path, *pip, "install", "--no-deps", "--no-index", str(wheel))
    # What the package needs is found where it is found now, the package itself only in the clean environment
    (packages,) = clean.glob("lib/python*/site-packages")
    shared = [path for path in sys.path if path.endswith("site-packages") and (Path(path) / "torch").is_dir()]
    (packages / "shared.pth").write_text("\n".join(shared))
    where = call(project, str(python), "-c", "import runbench, models; print(runbench.__file__, models.NAME)")
    assert where.split() == [str(packages / "runbench" / "__init__.py"), "models", "of", "the", "user"]
    command = installed_command(python)
    assert call(project, command, "list", "suites").startswith("suites\n  rotation ")
    call(project, command, *SMOKE, "--models", "baseline")
    assert states(project) == {"rotation/baseline-seed0": "done"}
    assert (project / "reports" / "rotation-mnist10k-smoke" / "index.html").is_file()
