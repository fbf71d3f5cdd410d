"""Pages -> the site, with a tab for each, and a process that serves it.

Imports every room before it.
"""
