"""The one room that says things in words: what was asked, what came back, what was recorded. Pure.

Screens, the command line and documents take their lines from here, so that a thing is called the same everywhere.
"""
