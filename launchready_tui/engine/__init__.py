"""Plans, asks, judges, reconciles: the engine that both doors use. `session.Session` is its façade."""
