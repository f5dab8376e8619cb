"""The probes: every kind of I/O with the outside world, one module a kind of question."""
