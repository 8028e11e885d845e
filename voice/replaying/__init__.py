"""A recorded call as a test of the next version: the same caller again, and what came of it this time."""
