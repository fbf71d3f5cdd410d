"""The second page: an index and a motif -> the map of all phrases.

Imports `app.style`, `app.visitor` and `app.pictures`.
"""
