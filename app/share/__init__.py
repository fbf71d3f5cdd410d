"""A take that somebody sends to others -> a short address, a light page that plays it, a picture.

Imports `app.pictures`; knows nothing of how music is made.
"""
