"""Every address that leads elsewhere: one canonical origin, no loop, no lost path."""
