"""Load tests: journeys become Locust users in a process of their own; their latencies come back as histograms.

    request → plan → gate → run: a subprocess (`entry/locustfile.py`) sends, this side counts, judges and can stop it.

`generator/` is what runs inside Locust's process, the rest never imports Locust.
"""
