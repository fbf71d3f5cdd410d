"""Melody + sources -> the value that is made, in which every note cites its source.

Imports `mer` only.
"""
