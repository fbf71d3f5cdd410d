"""Phrases of a corpus -> graded exercises for the ear, and what was right about an answer.

Imports `mer` and `generate.prediction`.
"""
