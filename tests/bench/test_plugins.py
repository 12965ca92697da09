import subprocess
import sys
from importlib.metadata import EntryPoint
from textwrap import dedent

import pytest

from runbench import plugins
from runbench.models.registry import get_model, registered_models
from runbench.plugins import PREFIX, load_entry_points, load_plugins

pytestmark = pytest.mark.usefixtures("own_registries")

GOOD = """
    from torch import nn
    from runbench.models.registry import register_model

    @register_model("{name}", regime="clean")
    def build(in_channels, num_classes, image_size, preset):
        "Flatten and weigh."
        return nn.Sequential(nn.Flatten(), nn.LazyLinear(num_classes))
"""

NEEDY = """
    from runbench.models.registry import register_model
    {statement}

    @register_model("{name}", regime="clean")
    def build(in_channels, num_classes, image_size, preset):
        return {call}(num_classes)
"""

HELPER = """
    from torch import nn

    def make(classes):
        return nn.Sequential(nn.Flatten(), nn.LazyLinear(classes), nn.{layer}())
"""


@pytest.fixture
def write(tmp_path):
    def write_file(file, text, **names):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).format(**names))
        return str(path)

    return write_file


def names():
    return [spec.name for spec in registered_models()]


def layers(model):
    """Return the classes of the layers that a registered model is built of."""
    return [type(layer).__name__ for layer in get_model(model).build(1, 10, (28, 28), "smoke").network]


def test_a_file_is_loaded_once(write):
    path = write("plain.py", GOOD, name="from-file")
    assert load_plugins([path, path]) == ()
    assert names()[-1] == "from-file"
    assert get_model("from-file").build(1, 10, (28, 28), "smoke") is not None


def test_a_copy_elsewhere_is_the_same_plugin(write, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    paths = [write(file, GOOD, name="copied") for file in ("p.py", "elsewhere/q.py")]
    assert load_plugins(paths) == ()
    assert names().count("copied") == 1


def test_a_module_is_loaded_by_its_dotted_name(write, tmp_path, monkeypatch):
    write("dotted_plugin.py", GOOD, name="from-module")
    monkeypatch.syspath_prepend(tmp_path)
    assert load_plugins(["dotted_plugin"]) == ()
    assert "from-module" in names()


def test_files_of_one_name_in_two_folders_do_not_meet(write, tmp_path):
    (tmp_path / "a").mkdir()
    first, second = (write(file, GOOD, name=name) for file, name in (("a/p.py", "one"), ("p.py", "two")))
    assert load_plugins([first, second]) == ()
    assert names()[-2:] == ["one", "two"]


BROKEN = {
    "fails on import": ("raise RuntimeError('no luck\\nsecond line')", "RuntimeError: no luck"),
    "ends the process": ("raise SystemExit(3)", "SystemExit: 3"),
    "is no Python": ("def", "SyntaxError"),
    "doubles a name": (GOOD.format(name="baseline"), "registered already"),
    "has a hostile name": (GOOD.format(name="../../x"), "is refused"),
    "has an unknown regime": (GOOD.format(name="x").replace("clean", "dirty"), "neither clean nor augmented"),
    "fails after registering": (GOOD.format(name="half") + "\n    1 / 0\n", "ZeroDivisionError"),
}


@pytest.mark.parametrize(("text", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_is_named_and_leaves_nothing(write, text, reason):
    before, modules = names(), set(sys.modules)
    bad, good = write("bad.py", text), write("good.py", GOOD, name="survivor")
    (broken,) = load_plugins([bad, good])
    assert broken.plugin == bad
    assert reason in broken.reason
    assert "\n" not in broken.reason
    assert names() == [*before, "survivor"]
    new = {name.partition(".")[0] for name in set(sys.modules) - modules}
    assert len([name for name in new if name.startswith(PREFIX)]) == 1


@pytest.mark.parametrize("plugin", ["nowhere/to/be/found.py", "no_such_module_anywhere", "", "../../x", "."])
def test_a_missing_plugin_is_named(plugin):
    (broken,) = load_plugins([plugin])
    assert broken.plugin == plugin
    assert broken.reason


def test_entry_points_are_loaded_and_the_broken_named(write, tmp_path, monkeypatch):
    write("installed_plugin.py", GOOD, name="installed")
    monkeypatch.syspath_prepend(tmp_path)
    found = {
        "good": EntryPoint("good", "installed_plugin:build", "runbench.models"),
        "bad": EntryPoint("bad", "installed_plugin:absent", "runbench.models"),
    }
    monkeypatch.setattr(plugins, "entry_points", lambda **_: found.values())
    (broken,) = load_entry_points("runbench.models")
    assert (broken.plugin, broken.reason.partition(":")[0]) == ("bad", "AttributeError")
    assert names()[-1] == "installed"


@pytest.mark.parametrize(
    ("statement", "call"),
    [
        ("import parts", "parts.make"),
        ("from parts import make", "make"),
        ("from .parts import make", "make"),
        ("from . import parts", "parts.make"),
    ],
)
def test_a_file_imports_its_neighbours(write, statement, call):
    write("parts.py", HELPER, layer="ReLU")
    path = write("plugin.py", NEEDY, name="needy", statement=statement, call=call)
    assert load_plugins([path]) == ()
    assert layers("needy") == ["Flatten", "Linear", "ReLU"]


def test_a_builder_may_import_its_neighbour_when_it_is_called(write):
    write("parts.py", HELPER, layer="ReLU")
    path = write("plugin.py", NEEDY, name="late", statement="", call="__import__('parts').make")
    assert load_plugins([path]) == ()
    assert layers("late")[-1] == "ReLU"


def test_neighbours_of_one_name_in_two_folders_do_not_meet(write):
    paths = []
    for folder, layer in (("one", "ReLU"), ("two", "Tanh")):
        write(f"{folder}/parts.py", HELPER, layer=layer)
        paths.append(write(f"{folder}/plugin.py", NEEDY, name=folder, statement="import parts", call="parts.make"))
    assert load_plugins(paths) == ()
    assert (layers("one")[-1], layers("two")[-1]) == ("ReLU", "Tanh")


@pytest.mark.parametrize("named", ["mine", "mine/__init__.py", "mine/plugin.py"], ids=["folder", "init", "file"])
def test_a_package_is_imported_as_one(write, tmp_path, named):
    write("mine/__init__.py", "from . import plugin")
    write("mine/net/parts.py", HELPER, layer="ReLU")
    write("mine/net/__init__.py", "")
    write("mine/plugin.py", NEEDY, name="packed", statement="from .net.parts import make", call="make")
    try:
        assert load_plugins([str(tmp_path / named)]) == ()
        assert layers("packed")[-1] == "ReLU"
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "mine"]:
            del sys.modules[name]


def test_a_folder_that_is_no_package_is_refused(tmp_path):
    (broken,) = load_plugins([str(tmp_path)])
    assert "holds no __init__.py" in broken.reason


PROJECT = {
    "models/__init__.py": "",
    "models/mynet.py": HELPER.replace("{layer}", "ReLU"),
    "transforms/__init__.py": "SIZE = 7",
    "bench/__init__.py": "raise ImportError('this is not the bench')",
    "plugin.py": NEEDY.format(name="own", statement="from models.mynet import make", call="make"),
    "plugins/inner.py": NEEDY.format(name="own", statement="from models import mynet", call="mynet.make"),
    "models/inside.py": NEEDY.format(name="own", statement="from .mynet import make", call="make"),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "plugin", ["plugin.py", "plugin", "plugins/inner.py", "models/inside.py", "models.inside"]
)
def test_a_project_may_have_models_and_transforms_of_its_own(write, tmp_path, plugin):
    for file, text in PROJECT.items():
        write(file, text)
    script = f"""
        from runbench.plugins import load_plugins
        from runbench.models.registry import get_model
        assert load_plugins([{plugin!r}]) == (), load_plugins([{plugin!r}])
        print(get_model("own").build(1, 10, (28, 28), "smoke").network[2])
        import models.mynet, transforms
        print(transforms.SIZE, get_model("baseline").build(1, 10, (28, 28), "smoke").__class__.__name__)
    """
    command = [sys.executable, "-P", "-c", dedent(script)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["ReLU()", "7 CNN"], done.stderr


def test_a_broken_entry_point_names_its_distribution(monkeypatch):
    class Distribution:
        name = "some-package"

    point = EntryPoint("bad", "no_such_module_anywhere", "runbench.models")
    vars(point)["dist"] = Distribution
    monkeypatch.setattr(plugins, "entry_points", lambda **_: [point])
    (broken,) = load_entry_points("runbench.models")
    assert broken.plugin == "bad of some-package"
