"""How a call is conducted: one page of settings, part of every journal."""

from dataclasses import dataclass, field

from voice.barge_in import BargeInSettings
from voice.consent import Way
from voice.endpointing import EndpointSettings
from voice.holding import HoldingSettings
from voice.keypad import KeypadSettings
from voice.playback import PlaybackSettings
from voice.transfer import TransferSettings
from voice.turns import TurnSettings


@dataclass(frozen=True, slots=True)
class CallSettings:
    """How a call is conducted; part of its journal, so that a replay uses the same."""

    turns: TurnSettings = field(default_factory=TurnSettings)
    endpointing: EndpointSettings = field(default_factory=EndpointSettings)
    barge_in: BargeInSettings = field(default_factory=BargeInSettings)
    playback: PlaybackSettings = field(default_factory=PlaybackSettings)
    keypad: KeypadSettings = field(default_factory=KeypadSettings)
    transfer: TransferSettings = field(default_factory=TransferSettings)
    holding: HoldingSettings = field(default_factory=HoldingSettings)
    consent: Way = "none"
    """To recording: the caller is told ("announce"), asked ("ask"), or neither."""
    consent_script: str = ""
    """The words. Told: those of the greeting that say it (empty: all of it), or a text that follows the greeting.
    Asked: a question to be answered with yes or no; without one nobody is asked, and nothing is recorded."""
    no_input_ms: int = 7000
    """Silence after the agent has been heard out until it speaks again."""
    hold_on_ms: int = 20_000
    """The same after the caller has asked for a moment."""
    longest_ms: int = 30 * 60_000
    """A call is ended here whatever happens."""
    too_long_text: str = (
        "I'm sorry, we have reached the end of the time for this call. I have kept what you told me. Goodbye."
    )
    last_word_ms: int = 5000
    """Of silence until a last sentence that nobody hears is given up."""
    stream_end_ms: int = 10_000
    """After the caller was sent to a person, until we end a stream that the carrier has not ended."""
    voice_failures: int = 2
    """Sentences in a row that could not be rendered, each tried twice, until the call is given up: a mute agent
    helps nobody."""
