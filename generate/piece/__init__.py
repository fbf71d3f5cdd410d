"""The value that is made: a melody in which every note cites its source, and operators on it.

Imports `mer` only.
"""
