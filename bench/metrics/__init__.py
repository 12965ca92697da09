"""Every number's definition beside its pure function."""
