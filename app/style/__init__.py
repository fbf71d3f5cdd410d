"""Nothing -> the theme, the style sheets, and the texts of scripts and templates.

Of ours it imports `mer.errors` alone.
"""
