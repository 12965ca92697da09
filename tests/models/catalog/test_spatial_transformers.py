import torch

from runbench.models.catalog.spatial_transformers import SPATIAL_TRANSFORMERS
from runbench.models.layers.spatial_transformer import Transformer


def has_transformer(spec):
    with torch.device("meta"):
        network = spec.build(1, 10, (28, 28), spec.presets[0])
    return any(isinstance(module, Transformer) for module in network.modules())


def test_every_network_of_the_table_has_a_transformer_but_the_one_that_they_are_compared_with():
    without = {spec.architecture for spec in SPATIAL_TRANSFORMERS if not has_transformer(spec)}
    assert without == {"fcn"}
