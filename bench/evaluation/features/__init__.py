"""Metrics of features, read off each batch as it passes; all of them are imported with this package."""

from runbench.registration import import_built_ins

import_built_ins(__name__, __path__)
