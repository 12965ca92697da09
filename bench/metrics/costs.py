"""What a model costs. A literal table."""

from functools import partial

from runbench.metrics.metric import Column, Metric

_fewer = partial(Metric, of="cost", unit="", better="lower")
_less = partial(Metric, of="cost", better="lower")

COSTS: tuple[Metric, ...] = (
    _fewer(
        name="parameters",
        title="parameters",
        definition="Number of trainable parameters that the model uses to answer.",
        columns=(Column(order=1001, terminal="parameters"),),
    ),
    _fewer(
        name="auxiliary_parameters",
        title="auxiliary parameters",
        definition="Number of trainable parameters that only training uses, such as a decoder's.",
    ),
    _fewer(
        name="multiply_adds",
        title="multiply-adds",
        definition="Number of multiplications with an addition each, for one image.",
    ),
    Metric(
        name="throughput",
        title="throughput",
        of="cost",
        unit="images/s",
        better="higher",
        definition="Images answered in a second, in batches.",
        columns=(Column(order=1000, terminal="images/s"),),
    ),
    _less(name="latency", title="latency", unit="ms", definition="Time to answer one image."),
    _less(
        name="training_step",
        title="training step",
        unit="ms",
        definition="Time of one step of training on a batch.",
    ),
    _less(
        name="peak_memory",
        title="peak memory",
        unit="MiB",
        definition="Memory that answering a batch takes at its peak.",
    ),
    _less(
        name="training_peak_memory",
        title="training peak memory",
        unit="MiB",
        definition="Memory that a step of training takes at its peak.",
    ),
)
