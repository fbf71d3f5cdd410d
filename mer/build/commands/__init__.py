"""Options -> what is done to corpora or asked of them: ``mer corpus | index | check``.

Imports the rest of `mer.build` and `mer.search`.
"""
