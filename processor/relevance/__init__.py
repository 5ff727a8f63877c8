"""Whether an article is a reform report, why, and on which pillars."""
