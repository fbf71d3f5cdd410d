"""Music that is offered to be heard -> sound files, made when somebody wants to hear them.

Imports `generate.sound` and `mer`; knows nothing of pages.
"""
