"""Takes `PageFetched` events; gives articles, tags, places, facts, references and verdicts.

The way of a page is written down in `pipeline`: `reading` or `documents` make an article of it, then `relevance`,
`places`, `references` and `facts` judge it. These steps are pure functions from values to values. Around them,
`service` is the loop, `workers` the processes that can be killed, `profile_keeper` what is learned of each source;
`records` turns a verdict into rows. `versions` and `near_duplicates` compare articles, `evaluation` scores the whole.

Never talks to the network and never alerts anyone.
"""
