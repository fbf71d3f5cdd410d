"""The first page: a motif -> its neighbours and new music.

Imports `app.visitor` and `app.pictures`.
"""
