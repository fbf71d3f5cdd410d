"""The second page: the map of all phrases.

Imports `app.visitor` and `app.pictures`.
"""
