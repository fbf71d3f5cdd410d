"""What the page is called and says of itself: on top of it, in its head, on its picture."""

TITLE = "From a motif to new music"
DESCRIPTION = (
    "Give a few notes: see the phrases of real tunes that are nearest to them, and hear new music "
    "that grows out of those."
)
