"""Pages -> a process that serves them: address, limits, memory, shutdown.

Imports every room before it.
"""
