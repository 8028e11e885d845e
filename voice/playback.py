"""What the agent says, from the queue to the caller's ear: paced by the caller's own audio, proven by marks.

The carrier plays what it is sent one after the other and keeps the rest in a buffer. How full that buffer is can be
told from the call's clock, since line audio runs at the same rate both ways: it runs dry `n` samples after a piece
of `n` samples began to play. Audio is sent until the buffer holds `lead_ms`, so a stall of ours is not heard and
a barge-in has little to throw away.

A mark goes behind each chunk. Its echo proves that the chunk was played, unless a `clear` went out in between:
`clear` echoes every outstanding mark too (Twilio, "Mark message"), so those are forgotten at the cut. An echo that
comes before the chunk can have been played proves nothing beyond the time that has passed.
"""

from collections import deque
from dataclasses import dataclass

from voice.audio import FRAME, samples
from voice.commands import Cancel, Clear, SendAudio, SendMark


@dataclass(frozen=True, slots=True)
class PlaybackSettings:
    """How far ahead of the caller's ear audio is sent. Times in milliseconds."""

    lead_ms: int = 1000
    chunk_ms: int = 200
    low_ms: int = 100
    """Below this much in the carrier's buffer a chunk is sent although it is not full."""
    grace_ms: int = 2000
    """Marks that have not come back this long after their audio must have ended are given up."""
    early_ms: int = 300
    """How much sooner than by our count an echo may come and be believed."""

    def __post_init__(self) -> None:
        """Raises ValueError for chunks of less than a frame: nothing would ever be sent."""
        if samples(self.chunk_ms) < FRAME:
            raise ValueError(f"chunk_ms is {self.chunk_ms}; a chunk has at least 20, a frame")


@dataclass(slots=True)
class _Utterance:
    number: int
    interruptible: bool
    rendered: int = 0
    complete: bool = False
    sent: int = 0
    began: int = 0
    heard: int = 0


class Playback:
    """The agent's side of one call. Positions are samples on the call's clock; lengths are samples."""

    def __init__(self, settings: PlaybackSettings) -> None:
        self._lead = samples(settings.lead_ms)
        self._chunk = samples(settings.chunk_ms) // FRAME * FRAME
        self._low = samples(settings.low_ms)
        self._grace = samples(settings.grace_ms)
        self._early = samples(settings.early_ms)
        self._queue: deque[_Utterance] = deque()
        self._marks: dict[str, tuple[_Utterance, int, int]] = {}
        self._all: dict[int, _Utterance] = {}
        self._dry_at = 0
        self.held = False
        """While true no new utterance begins: its facts are not in the database yet."""

    def add(self, utterance: int, *, interruptible: bool) -> None:
        """Queues an utterance whose audio is still to come."""
        item = _Utterance(utterance, interruptible)
        self._queue.append(item)
        self._all[utterance] = item

    def rendered(self, utterance: int, count: int, *, last: bool) -> bool:
        """So much more of it is ready. False: nobody waits for it any more."""
        if not self.awaits(utterance):
            return False
        item = self._all[utterance]
        item.rendered += count
        item.complete = last
        return True

    def awaits(self, utterance: int) -> bool:
        """Whether audio of it is still wanted."""
        item = self._all.get(utterance)
        return item is not None and not item.complete and item in self._queue

    def fail(self, utterance: int) -> None:
        """No more audio of it will come; what was rendered is still played."""
        self.rendered(utterance, 0, last=True)

    def tick(self, at: int) -> list[SendAudio | SendMark]:
        """What to send now so that the carrier's buffer holds the lead."""
        if not self._queue and not self._marks:
            return []
        commands: list[SendAudio | SendMark] = []
        while self._queue:
            item = self._queue[0]
            if item.sent == item.rendered and item.complete:
                self._queue.popleft()
                continue
            if not self._sendable(item, at):
                break
            commands += self._send(item, at)
        if self._marks and at > self._dry_at + self._grace:
            self._marks.clear()
        return commands

    def _sendable(self, item: _Utterance, at: int) -> bool:
        if self.held and item.sent == 0:
            return False
        ahead = self._dry_at - at
        ready = item.rendered - item.sent
        if ahead >= self._lead or ready == 0:
            return False
        return item.complete or ready >= self._chunk or ahead < self._low

    def _send(self, item: _Utterance, at: int) -> tuple[SendAudio, SendMark]:
        start, end = item.sent, min(item.rendered, item.sent + self._chunk)
        begins = max(self._dry_at, at)
        if start == 0:
            item.began = begins
        self._dry_at = begins - (start - end) // FRAME * FRAME
        item.sent = end
        name = f"u{item.number}:{end}"
        self._marks[name] = (item, end, self._dry_at)
        return SendAudio(item.number, start, end), SendMark(name)

    def marked(self, name: str, at: int) -> None:
        """An echo. Names unknown, repeated, out of order or from before a cut are nothing to us."""
        if name not in self._marks:
            return
        for earlier in list(self._marks):
            item, end, _ = self._marks.pop(earlier)
            item.heard = max(item.heard, min(end, max(0, at - item.began + self._early)))
            if earlier == name:
                return

    def cut(self, at: int) -> tuple[list[Cancel | Clear], tuple[int, ...]]:
        """Stops everything: the commands in their order, and the utterances not heard to their end."""
        unheard = self.pending
        rendering = tuple(u.number for u in self._queue if not u.complete)
        commands: list[Cancel | Clear] = [Cancel(rendering)] if rendering else []
        if self._marks or at < self._dry_at:
            commands.append(Clear())
        self._queue.clear()
        self._marks.clear()
        self._dry_at = min(self._dry_at, at)
        return commands, unheard

    @property
    def unsent(self) -> tuple[int, ...]:
        """Utterances of which nothing was sent and that may be talked over, in order."""
        return tuple(item.number for item in self._queue if item.sent == 0 and item.interruptible)

    def skip(self, utterances: tuple[int, ...]) -> list[Cancel]:
        """Takes those of them out of the queue of which nothing was sent."""
        skipped = [item for item in self._queue if item.number in utterances and item.sent == 0]
        self._queue = deque(item for item in self._queue if item not in skipped)
        rendering = tuple(item.number for item in skipped if not item.complete)
        return [Cancel(rendering)] if rendering else []

    @property
    def pending(self) -> tuple[int, ...]:
        """Utterances not heard to their end, in order."""
        waiting = [item.number for item, _, _ in self._marks.values()] + [u.number for u in self._queue]
        return tuple(dict.fromkeys(waiting))

    def heard(self, utterance: int) -> int:
        """Samples of it that the caller has provably heard."""
        item = self._all.get(utterance)
        return item.heard if item else 0

    def heard_out(self, utterance: int) -> bool:
        """Whether all of it has provably been heard."""
        item = self._all.get(utterance)
        return item is not None and item.complete and item.heard >= item.rendered > 0

    def mostly_heard(self, utterance: int) -> bool:
        """Whether half of it, or more, has provably been heard."""
        item = self._all.get(utterance)
        return item is not None and item.complete and 2 * item.heard >= item.rendered > 0

    def played_out(self, at: int) -> bool:
        """Whether by our count everything has been played, though marks may be missing."""
        return not self._queue and at >= self._dry_at

    @property
    def dry_at(self) -> int:
        """When the carrier has played everything that was sent."""
        return self._dry_at

    def length(self, utterance: int) -> int:
        """Samples rendered of it so far."""
        item = self._all.get(utterance)
        return item.rendered if item else 0

    def is_playing(self, at: int) -> bool:
        """Whether the caller still hears the agent, or will."""
        return bool(self._queue or self._marks) or at < self._dry_at - self._early

    @property
    def waiting(self) -> bool:
        """Whether the utterance whose turn it is has not one sample yet."""
        return bool(self._queue) and self._queue[0].rendered == 0

    @property
    def interruptible(self) -> bool:
        """Whether nothing that must be heard would be lost by a cut."""
        pending = [item for item, _, _ in self._marks.values()] + list(self._queue)
        return all(item.interruptible for item in pending)
