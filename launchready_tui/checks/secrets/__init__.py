"""Secrets that the code, its history or the site gives away."""
