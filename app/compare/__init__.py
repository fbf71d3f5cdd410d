"""The third page: two measures side by side.

Imports `app.visitor`, `app.pictures` and `app.explore`.
"""
