"""Reads the query logs of databases: statements become fingerprints, fingerprints become a ranking (A5, S4.Q.03).

Literals are dropped while a line is read: nothing in here keeps, returns or prints one.
"""
