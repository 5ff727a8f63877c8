"""From a PDF or Word file to text, title and date."""
