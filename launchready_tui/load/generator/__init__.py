"""What runs inside Locust's process: sends, counts, reports. Only `entry/locustfile.py` imports it."""
