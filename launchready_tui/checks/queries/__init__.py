"""What the database does for a request: statements, plans, indexes, health, row policies."""
