"""The web page; `python -m app` serves it.

The rooms, each of which imports only those before it: `style`; `visitor`, `pictures`; a room for
each page, `compose`, `explore`, `compare` and `corpora`; `serve`. Nothing is imported here: the
server sets what gradio reads from its environment before anything imports gradio.
"""
