"""The report's figures, a file each that registers one; all of them are imported with this package."""

from runbench.registration import import_built_ins

import_built_ins(__name__, __path__)
