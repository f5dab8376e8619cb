"""The shop's application: a real database, pages and APIs over it, a worker, and logs that it really writes."""
