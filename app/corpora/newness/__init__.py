"""A melody -> the page "Is it new?": what it shares with the corpus, and all variants of a tune.

Imports the rooms before `app.corpora`.
"""
