"""From stored rows to tables: scores, summary, tests of pairs, claims and comparisons of runs. No torch."""
