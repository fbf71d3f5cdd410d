"""The fourth page: what the corpus holds, and the visitor's own files.

Imports `app.visitor` and `app.pictures`.
"""
