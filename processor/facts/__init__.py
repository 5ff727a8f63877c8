"""Which indicator values a text claims, and which claims contradict each other, a table or what is possible."""
