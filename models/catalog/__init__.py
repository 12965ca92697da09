"""The built-in models, a table per family. Importing them imports no torch."""

from models.catalog.capsule_networks import CAPSULE_NETWORKS
from models.catalog.convolutional import CONVOLUTIONAL
from models.catalog.references import REFERENCES
from models.catalog.spatial_transformers import SPATIAL_TRANSFORMERS
from models.spec import ModelSpec

CATALOG: tuple[ModelSpec, ...] = (*CONVOLUTIONAL, *SPATIAL_TRANSFORMERS, *CAPSULE_NETWORKS, *REFERENCES)
