"""Copies of calls that are fit to share: other values of the same kinds, another voice, nothing of the original."""
