"""The words that fit a suite: an axis or a set."""

from runbench.suites import Suite


def mean_success(suite: Suite) -> str:
    """Name the column mean_accuracy of a suite's summary: of a set, which has one level, it is no mean."""
    return f"mean {suite.task.success}" if suite.axis else f"{suite.task.success} on the set"


def column_words(suite: Suite) -> dict[str, str]:
    """Return the words that fill the headings of the summary's columns."""
    return {
        "success": suite.task.success,
        "mean": mean_success(suite),
        "over": over_all(suite),
        "unit": suite.unit,
    }


def over_all(suite: Suite) -> str:
    """Say what that column is taken over."""
    return "over the sweep" if suite.axis else "on the set"
