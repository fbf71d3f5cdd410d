"""A brief and its pieces -> the report, the tables and the sentences about them.

Imports every room before it.
"""
