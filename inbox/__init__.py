"""The window: people look at the desk and touch it. It imports `bot`; `bot` never imports it.

`app` builds the web application from an engine, `routes` lists every URL, `pages/` holds a module per resource, `rendering`
draws with the templates, `live` carries each commit to the open windows, `middleware` and `access` guard the door.
"""
