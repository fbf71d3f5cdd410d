"""The fourth page: a corpus -> what it holds; the visitor's own files -> tunes to search.

Imports `app.style`, `app.visitor` and `app.pictures`.
"""
