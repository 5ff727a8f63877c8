"""Tells people about new reports: a ledger of deliveries, one sender per channel, and the channels themselves."""
