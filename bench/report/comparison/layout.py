"""How the comparison of two runs is laid out: what stands in which section, and what is said around it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from runbench.analysis.comparison.compare import Comparison
from runbench.plots import styles_of
from runbench.report.blocks import Block, Folded, Heading, Link, Page, Section, Text, faint, headed, items, text
from runbench.report.comparison.figures import figures, matrix
from runbench.report.comparison.tables import (
    costs_table,
    features_table,
    how_compared,
    settings_table,
    summary_table,
)
from runbench.suites import Suite

METHOD = (
    "A suite is compared only where both runs were measured on the same test images: as many of the same data, "
    "the same sha256 of images and parameters, the same levels.",
    "At each level two networks are compared on the images that one of them alone has right (exact McNemar test), "
    "with the interval of Agresti & Min 2005; over the sweep by a bootstrap of 1,000 resamples that draw the same "
    "images for both runs and, where several seeds are compared, training seeds too. Networks of the same seed in "
    "both runs are a pair. With one seed, differences speak of these networks, not of how another training would "
    "come out.",
    "Where per-sample rows are not stored, intervals are built from those of the two numbers as if they were "
    "independent (Newcombe 1998), and p-values follow from them; such rows are marked as not paired.",
    "The runs separate where p is below 0.05 after Holm's correction over the models of one suite, level and pair "
    "of networks. Levels and suites are not corrected for: of many, some separate by chance.",
)
"""How runs are compared, a paragraph each."""


def lay_out(compared: Comparison) -> Page:
    """Return the page of a comparison."""
    first, second = compared.names
    lead = f"A is the run {first}, B the run {second}. Differences are A minus B."
    refused = [text(f"{name} is left out: {reason}.") for name, reason in compared.refused.items()]
    known: tuple[Text, ...] = (*refused, *map(text, compared.notes))
    return Page("comparison", f"{first} and {second}", lead, "What to know", known, tuple(_sections(compared)))


def _sections(compared: Comparison) -> Iterator[Section]:
    glance = matrix(compared)
    if glance:
        yield Section("overview", glance.title, (glance,), "overview")
    for name, suite in compared.suites.items():
        yield Section(name, name, tuple(_suite(compared, suite)), name, suite.question)
    yield Section("costs", "Costs", tuple(_costs(compared)), "costs")
    nothing = text("Nothing that the manifests record.")
    settings = nothing if compared.settings.empty else settings_table(compared.settings)
    yield Section("settings", "What differs in the settings", (settings,), "what differs in the settings")
    yield Section("method", "How it was compared", tuple(map(text, METHOD)), "how it was compared")


def _suite(compared: Comparison, suite: Suite) -> Iterator[Block]:
    rows = compared.comparison[compared.comparison["suite"] == suite.name]
    features = compared.features[compared.features["suite"] == suite.name]
    yield text(how_compared(rows))
    yield summary_table(rows, suite, compared.matches[suite.name])
    said = "Values in percent, differences in percentage points with 95% intervals. Every level of every model: "
    yield faint(said, Link("table", "tables/comparison.csv"), ".")
    models = pd.concat([compared.first.models, compared.second.models], ignore_index=True)
    yield from headed(figures(compared, suite, styles_of(models)))
    if len(features):
        yield Heading("Metrics of features over the sweep")
        yield Folded(f"{len(features)} numbers that both runs store", (features_table(features),))
        said = "Means over the compared training seeds; square brackets hold 95% intervals of the difference."
        yield faint(f"{said} Source: ", Link("table", "tables/features.csv"), ", which says what is paired.")


def _costs(compared: Comparison) -> Iterator[Block]:
    if len(compared.costs):
        yield costs_table(compared.costs)
        said = "Measured on like machines. Timed costs are medians over timed batches, with the 5th to 95th"
        yield faint(f"{said} percentile beside them. Source: ", Link("table", "tables/costs.csv"), ".")
    elif compared.unlike:
        yield text("Costs are not set side by side, because the runs were not made alike:")
        yield items(compared.unlike)
    else:
        yield text("The runs have no costs in common.")
