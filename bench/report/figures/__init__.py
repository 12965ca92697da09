"""The report's figures, a file each that registers one; all of them are imported with this package."""

from importlib import import_module
from pkgutil import walk_packages

for _module in walk_packages(__path__, f"{__name__}."):
    import_module(_module.name)
