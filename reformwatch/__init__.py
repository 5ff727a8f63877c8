"""The command line: settings, the composition root, the supervisor of `run`, the demo. Holds no domain logic."""
