"""Copies of calls that are fit to share: other values, another voice, and only of callers who agreed to be recorded.

A copy is of the same kind as its original and is run again as that is. What it holds is made anew (`voice.replaying.
copying`); the procedure and the settings go along as they are: they are the business's own. Names of files are numbers,
since a name may hold one of the caller's.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from sop import FlowError
from voice import config as configuration
from voice import demo, models
from voice.errors import OperatorError, SwitchboardError
from voice.replaying import audio_depth
from voice.replaying.depth import Depth
from voice.replaying.finding import Found
from voice.replaying.options import Options
from voice.replaying.scrub.copying import Copied, copied
from voice.replaying.scrub.original import original_of
from voice.replaying.senses import Models
from voice.replaying.taken import JOURNAL, RECORDING


def scrub(found: list[Found], folder: Path) -> Iterator[str]:
    """Writes copies into a new or empty folder: call-01, call-02 …; a line for each call, also for one that can't be
    copied, of which nothing is written.

    Raises:
        OperatorError: at the end, where some could not be copied; at once, where the folder holds something.
        SwitchboardError: a model is missing, or an engine does not start.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OperatorError(f"{folder} is not empty: name a new folder, so that nothing but the copies lies in it")
    options = _options(folder)
    refused = 0
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            senses = runner.run(stack.enter_async_context(audio_depth.models(options)))
            for number, call in enumerate(found, 1):
                try:
                    yield runner.run(_one(call, f"call-{number:02d}", folder, senses, options))
                except (SwitchboardError, FlowError, OSError) as error:
                    refused += 1
                    yield f"NOT COPIED {call.name}: {error}"
        finally:
            runner.run(stack.aclose())
    if refused:
        raise OperatorError(f"{refused} of {len(found)} calls were not copied; nothing of them is in {folder}")


def _options(folder: Path) -> Options:
    config = configuration.load()
    return Options(
        depth=Depth.AUDIO,
        asr=models.find("whisper", config.asr, config.models) if config.asr else demo.WHISPER,
        voice=models.find("piper", config.voice, config.models) if config.voice else demo.PIPER,
        prompts=config.cache,
        results=folder,
    )


async def _one(call: Found, name: str, folder: Path, senses: Models, options: Options) -> str:
    """Copies one call by way of a folder of its own, which holds the original's words and is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="switchboard-scrub-") as work:
        original = await original_of(call, senses, Path(work))
        copies = Path(work) / "copies"
        copies.mkdir()
        copy = await copied(original, name, copies, senses, options)
        _moved(copy.folder, folder)
    return _line(call, name, copy)


def _moved(copy: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(copy.iterdir()):
        shutil.move(path, folder / path.name)


def _line(call: Found, name: str, copy: Copied) -> str:
    file = name + {JOURNAL: ".jsonl", RECORDING: ".wav"}.get(call.kind, "")
    done = f"{copy.values} values replaced, {copy.turns} turns spoken by our voice; it comes to the same"
    if copy.heard_alike:
        return f"{call.name} → {file}: {done}"
    return f"{call.name} → {file}: {done} with these words, but by its sound alone the recogniser takes it another way"
