"""The crawler: takes the registry of sources and the frontier, gives fetched pages to the bus.

It never parses an article's body and never decides what is relevant.
"""
