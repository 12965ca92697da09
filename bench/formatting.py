"""How numbers are written: with their interval, or marked as a count."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runbench.statistics import Estimate

MINUS = "\N{MINUS SIGN}"


def percent(share: float) -> str:
    """Write a share in percent, one decimal."""
    return f"{share * 100:.1f}%"


def share_detail(number: Estimate) -> str:
    """Write what is known beside a share: its interval in percent, its deviation over seeds."""
    parts = []
    if not math.isnan(number.low):
        parts.append(f"[{number.low * 100:.1f}, {number.high * 100:.1f}]")
    if not math.isnan(number.deviation):
        parts.append(f"± {number.deviation * 100:.1f}")
    return " ".join(parts)


def index_detail(number: Estimate) -> str:
    """Write what is known beside a number that is no share: its interval, its deviation over seeds."""
    parts = []
    if not math.isnan(number.low):
        parts.append(f"[{number.low:.3f}, {number.high:.3f}]")
    if not math.isnan(number.deviation):
        parts.append(f"± {number.deviation:.3f}")
    return " ".join(parts)


def index(number: Estimate) -> str:
    """Write a number that is no share with what is known beside it."""
    return f"{number.value:.3f} {index_detail(number)}".rstrip()


def share(number: Estimate) -> str:
    """Write a share with what is known beside it."""
    return f"{percent(number.value)} {share_detail(number)}".rstrip()


def points(difference: Estimate) -> str:
    """Write a difference of shares in percentage points with its interval, signs always."""
    written, low, high = (signed(100 * share) for share in (difference.value, difference.low, difference.high))
    return f"{written} points" if math.isnan(difference.low) else f"{written} points [{low}, {high}]"


def signed(value: float) -> str:
    """Write a number with its sign, one decimal; what rounds to 0 has none."""
    rounded = f"{abs(value):.1f}"
    if float(rounded) == 0:
        return rounded
    return f"{MINUS if value < 0 else '+'}{rounded}"


def quantity(value: float) -> str:
    """Write a cost: whole from 100, else three significant digits; millions and billions in words."""
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if abs(value) >= size:
            return f"{value / size:.3g}{word}"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def listed(items: list[str]) -> str:
    """Join items as a sentence lists them."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def plain(value: Any) -> str:
    """Write any value of a manifest on one line."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(plain(item) for item in value)
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def duration(seconds: float) -> str:
    """Write a duration as people say it: 45 s, 3 min 20 s, 2 h 05 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
