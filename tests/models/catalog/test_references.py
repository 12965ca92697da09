import pytest

from runbench.models.catalog.references import REFERENCES
from runbench.models.registry import get_model


@pytest.mark.parametrize("spec", REFERENCES, ids=lambda spec: spec.name)
def test_a_reference_has_as_many_parameters_as_the_plain_network_within_a_tenth(spec):
    assert spec.parameters == pytest.approx(get_model("baseline").parameters, rel=0.1)
