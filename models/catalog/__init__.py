"""The built-in models, a table per family. Importing them imports no torch."""

from dataclasses import replace

from runbench.models.catalog.capsule_networks import CAPSULE_NETWORKS
from runbench.models.catalog.convolutional import CONVOLUTIONAL
from runbench.models.catalog.references import REFERENCES
from runbench.models.catalog.spatial_transformers import SPATIAL_TRANSFORMERS
from runbench.models.spec import ModelSpec

CATALOG: tuple[ModelSpec, ...] = tuple(
    replace(spec, layout="channels-last")
    for spec in (*CONVOLUTIONAL, *SPATIAL_TRANSFORMERS, *CAPSULE_NETWORKS, *REFERENCES)
)
