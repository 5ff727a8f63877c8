"""Which legal documents a text cites."""
