"""References: networks built to stand a change. A literal table; builders are text, so listing needs no torch."""

from models.spec import ModelSpec

REFERENCES: tuple[ModelSpec, ...] = ()
