"""The fourth page: a corpus -> what it holds; the visitor's own files -> tunes to search.

Imports `app.visitor` and `app.pictures`.
"""
