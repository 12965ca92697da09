"""The report's tables: what stands in each cell, already written out."""
