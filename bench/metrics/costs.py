"""What a model costs. A literal table."""

from runbench.metrics.metric import Column, Metric

COSTS: tuple[Metric, ...] = (
    Metric(
        name="parameters",
        title="parameters",
        of="cost",
        unit="",
        better="lower",
        definition="Number of trainable parameters that the model uses to answer.",
        columns=(Column(order=1001, terminal="parameters"),),
    ),
    Metric(
        name="auxiliary_parameters",
        title="auxiliary parameters",
        of="cost",
        unit="",
        better="lower",
        definition="Number of trainable parameters that only training uses, such as a decoder's.",
    ),
    Metric(
        name="multiply_adds",
        title="multiply-adds",
        of="cost",
        unit="",
        better="lower",
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
    Metric(
        name="latency",
        title="latency",
        of="cost",
        unit="ms",
        better="lower",
        definition="Time to answer one image.",
    ),
    Metric(
        name="training_step",
        title="training step",
        of="cost",
        unit="ms",
        better="lower",
        definition="Time of one step of training on a batch.",
    ),
    Metric(
        name="peak_memory",
        title="peak memory",
        of="cost",
        unit="MiB",
        better="lower",
        definition="Memory that answering a batch takes at its peak.",
    ),
    Metric(
        name="training_peak_memory",
        title="training peak memory",
        of="cost",
        unit="MiB",
        better="lower",
        definition="Memory that a step of training takes at its peak.",
    ),
)
