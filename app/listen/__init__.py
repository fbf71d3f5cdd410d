"""The listening page: a real tune and a new piece, in chance order -> which one is taken for real.

The practice page, for the ear, stands in `practice`.

Imports `app.style`, `app.visitor` and `app.pictures`.
"""
