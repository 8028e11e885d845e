"""Recorded callers and the two small models: what the demo and the tests run on, shipped inside the wheel.

`calls/<scenario>/` holds one recorded caller each (scenario.yaml and its clips); `models/` the small Whisper
and the small Piper voice, each with a card that says how it was made and what it can do.
"""

from pathlib import Path

ROOT = Path(__file__).parent
"""The folder that `calls` and `models` lie in, wherever the package is installed."""
