"""Switchboard inside other tools: `switchboard.pytest` makes recorded calls tests."""
