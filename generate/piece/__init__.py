"""The value that is made: a melody in which every note cites its source, and what can be done to it.

Imports `mer` only.
"""
