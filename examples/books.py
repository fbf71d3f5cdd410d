"""Which book is a tune from? A scikit-learn pipeline over the intervals of the shipped tunes.

    python examples/books.py

`intervals` makes words of a melody, the rest is scikit-learn's own: cross-validated, with what
guessing the largest collection would give beside it.
"""

from mer import Melody, load_corpus


def intervals(melody: Melody) -> list[str]:
    """Return the intervals of a melody, and each two and three in a row, as words."""
    steps = [str(step) for step in melody.interval.tolist()]
    words = [zip(*(steps[start:] for start in range(size)), strict=False) for size in (1, 2, 3)]
    return [" ".join(run) for runs in words for run in runs]


def main() -> None:
    """Print how often the collection of a tune is told."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline

    corpus = load_corpus()
    tunes = [corpus.tune(number) for number in range(0, len(corpus), 8)]
    told = [tune.collection for tune in tunes]
    pipeline = make_pipeline(
        TfidfVectorizer(analyzer=intervals, min_df=2), LogisticRegression(C=10.0, max_iter=300)
    )
    right = cross_val_score(pipeline, [tune.melody for tune in tunes], told, cv=4)
    largest = max(told.count(name) for name in set(told)) / len(told)
    print(f"{len(tunes)} tunes of {len(set(told))} collections")
    print(f"right: {right.mean():.2f}; guessing the largest: {largest:.2f}")


if __name__ == "__main__":
    main()
