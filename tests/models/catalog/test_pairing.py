from runbench.models.catalog.pairing import in_both_regimes

CLEAN, AUGMENTED = in_both_regimes(
    "small", "a small network", 7, group="few", builder="some.where:build", reference="Nobody 1900", width=3
)


def test_a_variant_is_one_network_in_two_regimes():
    assert (CLEAN.name, CLEAN.regime) == ("small", "clean")
    assert (AUGMENTED.name, AUGMENTED.regime) == ("small-augmented", "augmented")
    assert CLEAN.network == AUGMENTED.network


def test_both_say_the_same_of_it_and_pass_the_same_options():
    for spec in (CLEAN, AUGMENTED):
        assert (spec.architecture, spec.group, spec.parameters) == ("small", "few", 7)
        assert (spec.summary, spec.reference, dict(spec.options)) == (
            "a small network",
            "Nobody 1900",
            {"width": 3},
        )
