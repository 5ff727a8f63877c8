"""The owner's five seed articles, their gold annotation and the quality floors: data only, no code."""
