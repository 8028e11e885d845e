"""The double's time: `speed` times as fast as the event loop's, so that ten seconds of ringing cost a test less."""

import asyncio
from datetime import UTC, datetime
from email.utils import format_datetime


class Clock:
    """Every wait of the double is in its own seconds."""

    def __init__(self, speed: float) -> None:
        if speed <= 0:
            raise ValueError("speed is above 0")
        self.speed = speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)

    def real(self, seconds: float) -> float:
        """Seconds of the event loop for `seconds` of the double's time."""
        return seconds / self.speed


def rfc2822(at: datetime | None = None) -> str:
    """The form of every date in the REST API and of `Timestamp` in its callbacks; now by default."""
    return format_datetime((at or datetime.now(UTC)).astimezone(UTC))
