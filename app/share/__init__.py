"""A take -> what leaves the page: a light page of its own behind a link; answers to programs.

Imports `app.compose`, which makes the music.
"""
