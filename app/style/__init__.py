"""The theme and the style sheets of all pages.

Imports nothing of ours.
"""
