"""The first page: a motif -> its neighbours and new music.

Imports `app.style`, `app.visitor` and `app.pictures`.
"""
