import os

# Before torch is imported, and for the same reason as in bench.cli: several test processes share the cores
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
