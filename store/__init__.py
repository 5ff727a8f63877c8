"""Takes values to remember; gives events and contracts, the bus, tables, migrations, views and the outbox.

Imports no other room.
"""
