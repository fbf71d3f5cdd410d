"""Text in ABC, one tune or a book of them -> melodies.

In this order: `text` (file to tunes), `tokens` (line to signs), `fields` and `signs` (what they
mean), `strands` and `voices` (tune to events), `barlines` and `timing` (events to notes), `tunes`
and `files` (a tune, a file).

Imports `mer.notes`, `mer.io.reading` and `mer.io.voices`.
"""
