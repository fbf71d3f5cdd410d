"""For all tests: how long hypothesis takes for an example is no matter, on whatever machine."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
