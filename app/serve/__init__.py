"""The process that serves the pages: address, limits, memory, shutdown.

Imports every room before it.
"""
