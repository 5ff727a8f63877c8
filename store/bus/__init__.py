"""The event log behind one interface: embedded in a SQLite file, or Apache Kafka."""
