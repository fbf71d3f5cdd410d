"""Text in ABC, one tune or a book of them -> melodies.

Imports `mer.notes`, `mer.io.reading` and `mer.io.score`.
"""
