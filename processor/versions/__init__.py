"""What changed between two versions of an article, and how much it matters."""
