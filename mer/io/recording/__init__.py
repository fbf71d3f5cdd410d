"""A hummed or played recording -> a melody.

Imports `mer.notes` and `mer.io.reading`.
"""
