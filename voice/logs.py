"""Logging: one line an event on standard error, so that standard output stays for results.

Bodies are fixed texts. What a caller said or keyed is never part of one; names of calls, kinds and errors are tags.
"""

import logging
import sys

import structlog


def to_stderr(level: int = logging.WARNING) -> None:
    """Sends this process's log there, from this level up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # the stream of the moment, not of the start
    )
