"""A brief -> new notes, drawn exactly from the chain of the neighbours.

Imports the rooms up to `generate.plan`, and `generate.prediction`.
"""
