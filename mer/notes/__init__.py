"""Notes -> what can be read off them: melodies, columns, keys, metre, viewpoints, phrases, names.

Imports `mer.errors` only.
"""
