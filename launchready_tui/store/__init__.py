"""The engagement file. The only package that opens it, and the only one that imports sqlite."""
