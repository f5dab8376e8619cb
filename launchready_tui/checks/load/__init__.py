"""What the kept report of a load test says about users, server, queues and suppliers."""
