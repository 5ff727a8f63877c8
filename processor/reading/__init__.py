"""From a page's bytes to an article: text, title, lead, byline and date, or the closed word for why there is none."""
