"""Notes that were heard -> what they say of the next one: long-term, short-term, all in one table.

Imports `mer`, and counts, notes and views of `generate.prediction`.
"""
