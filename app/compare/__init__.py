"""The third page: two measures and a motif -> their rankings side by side.

Imports `app.style`, `app.visitor`, `app.pictures` and `app.explore`.
"""
