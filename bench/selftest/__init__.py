"""Networks whose answers are known beforehand, evaluated as every model is: what comes out beside what must."""

from runbench.selftest.checks import selftest

__all__ = ["selftest"]
