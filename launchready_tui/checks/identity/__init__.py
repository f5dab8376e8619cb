"""Who gets in: administration, sessions, passwords, other people's objects, and how often one may try."""
