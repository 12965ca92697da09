import sys
from importlib.metadata import EntryPoint
from textwrap import dedent

import pytest

from runbench.errors import RegistrationError
from runbench.models import registry
from runbench.models.catalog import CATALOG
from runbench.models.registry import (
    UnknownModelError,
    get_model,
    load_entry_points,
    load_plugins,
    register_model,
    registered_models,
)

pytestmark = pytest.mark.usefixtures("empty_room")

GOOD = """
    from torch import nn
    from runbench.models.registry import register_model

    @register_model("{name}", regime="clean")
    def build(in_channels, num_classes, image_size, preset):
        "Flatten and weigh."
        return nn.Sequential(nn.Flatten(), nn.LazyLinear(num_classes))
"""


@pytest.fixture
def write(tmp_path):
    def write_file(file, text, **names):
        path = tmp_path / file
        path.write_text(dedent(text).format(**names))
        return str(path)

    return write_file


def names():
    return [spec.name for spec in registered_models()]


def test_the_catalog_is_registered_in_its_order():
    assert names() == [spec.name for spec in CATALOG]


def test_the_decorator_registers_and_returns_the_builder():
    def build(in_channels, num_classes, image_size, preset):
        """Do little.

        And say more.
        """

    decorated = register_model("mine", regime="augmented", tags=("tiny",), options={"width": 2})(build)
    spec = get_model("mine")
    assert decorated is build
    assert (spec.builder, spec.regime, spec.architecture) == (build, "augmented", "mine")
    assert (spec.summary, spec.tags, spec.options) == ("Do little.", ("tiny", "plug-in"), {"width": 2})


def test_a_doubled_name_raises():
    with pytest.raises(RegistrationError, match="'baseline' is registered already"):
        register_model("baseline", regime="clean")(lambda *_: None)


@pytest.mark.parametrize(("name", "nearest"), [("capsnett", "capsnet"), ("STN", "stn"), ("augmentd", "augmented")])
def test_an_unknown_name_suggests_the_nearest(name, nearest):
    with pytest.raises(UnknownModelError, match=rf"did you mean {nearest}\b"):
        get_model(name)


def test_a_name_like_no_other_points_to_the_list():
    with pytest.raises(UnknownModelError, match="list models"):
        get_model("=cmd|' /C calc'!A0")


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
    assert len([name for name in set(sys.modules) - modules if name.startswith("runbench_plugin_")]) == 1


@pytest.mark.parametrize("plugin", ["nowhere/to/be/found.py", "no_such_module_anywhere", "", "../../x", "."])
def test_a_missing_plugin_is_named(plugin):
    (broken,) = load_plugins([plugin])
    assert broken.plugin == plugin
    assert broken.reason


def test_entry_points_are_loaded_and_the_broken_named(write, tmp_path, monkeypatch):
    write("installed_plugin.py", GOOD, name="installed")
    monkeypatch.syspath_prepend(tmp_path)
    found = {
        "good": EntryPoint("good", "installed_plugin:build", registry.ENTRY_POINT_GROUP),
        "bad": EntryPoint("bad", "installed_plugin:absent", registry.ENTRY_POINT_GROUP),
    }
    monkeypatch.setattr(registry, "entry_points", lambda **_: found.values())
    (broken,) = load_entry_points()
    assert (broken.plugin, broken.reason.partition(":")[0]) == ("bad", "AttributeError")
    assert names()[-1] == "installed"


def test_a_network_of_timm_is_found_by_either_of_its_names_in_both_regimes(monkeypatch):
    monkeypatch.setattr(registry.importlib.util, "find_spec", lambda name: name)
    asked, stored = get_model("timm:resnet10t"), get_model("timm-resnet10t")
    assert asked == stored
    assert (asked.name, asked.regime, asked.options["name"]) == ("timm-resnet10t", "clean", "resnet10t")
    augmented = get_model("timm:resnet10t-augmented")
    assert (augmented.name, augmented.regime) == ("timm-resnet10t-augmented", "augmented")
    assert augmented.network == asked.network


def test_without_timm_its_networks_are_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr(registry.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UnknownModelError, match=r"pip install 'run-bench\[timm\]'"):
        get_model("timm:resnet10t")
