"""Takes `PageFetched` events; gives articles, tags, places, facts, references and verdicts.

The steps are pure functions from values to values. The loop around them (`worker`, `loop`) does every effect.
Never talks to the network and never alerts anyone.
"""
