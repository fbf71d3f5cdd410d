"""Nothing -> the theme, the style sheets, and the texts of scripts and templates.

Imports `mer.errors` alone.
"""
