"""Which administrative units a text names, as of its date, and which one it is about."""
