"""A level -> the page on which phrases are sung back, written down and told apart.

Imports the rooms before `app.listen`.
"""
