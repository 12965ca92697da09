"""The run folder, and the only room that knows its files. No torch."""
