"""Text in ABC, one tune or a book of them <-> melodies.

In this order: `text` (file to tunes), `tokens` (line to signs), `fields` and `signs` (what they
mean), `strands` and `voices` (tune to events), `timing` (events to notes), `tunes` and `files` (a
tune, a file). `writer` goes the other way.

Imports `mer.notes`, `mer.io.reading`, `mer.io.sheet` and `mer.io.voices`.
"""
