"""Labelled melodies and a method -> how well the method ranks them.

Imports every room of `mer` before it; `metrics` and `agreement` take plain arrays and import
nothing.
"""
