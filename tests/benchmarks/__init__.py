"""Benchmarks, run by hand: `python -m tests.benchmarks`. They print figures and ratios, and never assert."""
