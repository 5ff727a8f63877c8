"""The commands, one module for each group. They parse arguments and print; the work is done elsewhere."""
