"""A sample portal on loopback and a receiver of alerts, to see and to test the whole way of a page without the web."""
