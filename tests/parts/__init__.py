"""Real, small parts that tests start: servers, brokers, receivers."""
