"""How soon a call is answered, and how many calls one machine carries: `python -m tests.bench.answer [a] [b] [c]`.

    a  POST /twilio/voice, 20 calls a second for 30 s: how long the answer takes           wanted: p99 <= 100 ms
    b  from `start` to the first media message, prompts in the cache: 40 streams one after
       the other, then again with 5 live calls beside                                      wanted: p99 <= 150 ms
    c  5, 10 and 20 recorded callers at once in real time, 20 s of each: first audio, the
       gap after a caller's last word, audio that came too late, the event loop's lag

The service runs in a process of its own, made out of settings, with SQLite on disk and the two small models; this one
is the telephone network (`tests.bench.network`). "Too late" counts pieces of an utterance that came when the piece
before them had been played to its end: the caller hears a hole. The lag of an event loop is what a sleep of 10 ms took
beyond that; "ours" is the measuring process's, and figures mean nothing where it is large.
"""

import argparse
import asyncio
import itertools
import json
import os
import platform
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import aiohttp

from tests.bench.network import Heard, Lag, Line, Network, Served, new_call, served
from voice.demo import CALLERS
from voice.recorded import load


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which so many are, by nearest rank; not a number of none."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def spread(values: Sequence[float]) -> str:
    shares = "   ".join(f"p{round(share * 100)} {percentile(values, share):7.1f}" for share in (0.5, 0.95, 0.99))
    return f"{shares}   most {max(values, default=float('nan')):7.1f}"


def row(what: str, figures: str, wanted: str = "") -> None:
    print(f"{what:44} {figures}{f'   wanted {wanted}' if wanted else ''}", flush=True)


async def answers(network: Network, a_second: float, seconds: float) -> list[float]:
    """Calls on an absolute schedule: a slow answer does not hold up the next call."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    asking = []
    for n in range(int(a_second * seconds)):
        await asyncio.sleep(max(0.0, began + n / a_second - loop.time()))
        asking.append(asyncio.create_task(network.answer(new_call())))
    return [took for _, took in await asyncio.gather(*asking)]


async def first_media(network: Network, streams: int) -> list[float]:
    """From `start` to the greeting's first message, one stream after the other."""
    found = []
    for _ in range(streams):
        async with network.stream(new_call()) as (socket, _name, began):
            while json.loads(await socket.recv())["event"] != "media":
                pass
            found.append((time.perf_counter() - began) * 1000)
    return found


async def live(network: Network, calls: int, seconds: float) -> list[Heard]:
    """So many recorded callers at once, begun over two seconds."""

    async def one(place: int, name: str) -> Heard:
        await asyncio.sleep(2.0 * place / calls)
        async with network.stream(new_call()) as (socket, stream, began):
            return await Line(socket, stream, began, name).run(seconds)

    names = itertools.islice(itertools.cycle(talkative()), calls)
    return list(await asyncio.gather(*(one(place, name) for place, name in enumerate(names))))


def talkative() -> Iterator[str]:
    """The recorded callers who answer more than one question."""
    return iter([name for name in CALLERS if len(load(name).scenario.turns) > 3])


async def measure(parts: str, given: argparse.Namespace) -> None:
    ours = Lag()
    probing = asyncio.create_task(ours.run())
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder)) as server, aiohttp.ClientSession() as session:
            network = Network(server.port, session)
            await answers(network, 5, 1)  # connections and tables are warm
            await server.lag()
            ours.taken()
            if "a" in parts:
                await _answers(network, server, ours, given)
            if "b" in parts:
                await _greetings(network, server, ours, given)
            if "c" in parts:
                for calls in given.streams:
                    await _loaded(network, server, ours, calls, given.seconds)
    probing.cancel()


async def _answers(network: Network, server: Served, ours: Lag, given: argparse.Namespace) -> None:
    took = await answers(network, given.rate, given.answer_seconds)
    row(f"a  answer, {given.rate:g} calls a second, {len(took)} calls, ms", spread(took), "p99 <= 100")
    await _lags(server, ours)


async def _greetings(network: Network, server: Served, ours: Lag, given: argparse.Namespace) -> None:
    row(f"b  start to first media, {given.greetings} streams, ms", spread(await first_media(network, given.greetings)),
        "p99 <= 150")  # fmt: skip
    beside = asyncio.create_task(live(network, 5, 40.0))
    await asyncio.sleep(3.0)
    row("   the same with 5 live calls beside, ms", spread(await first_media(network, given.greetings)), "p99 <= 150")
    beside.cancel()
    await asyncio.gather(beside, return_exceptions=True)
    await _lags(server, ours)


async def _loaded(network: Network, server: Served, ours: Lag, calls: int, seconds: float) -> None:
    heard = await live(network, calls, seconds)
    late = [hole for one in heard for hole in one.late]
    pieces = sum(one.pieces for one in heard)
    row(f"c  {calls} streams of {seconds:g} s: start to first media, ms", spread([h.first for h in heard if h.first]))
    gaps = [gap for one in heard for gap in one.gaps]
    row(f"   last word to reply, {len(gaps)} turns, ms", spread(gaps))
    row("   pieces of audio that came too late", f"{len(late)} of {pieces}, most {max(late, default=0):.0f} ms")
    await _lags(server, ours)


async def _lags(server: Served, ours: Lag) -> None:
    row("   event loop's lag, ms", spread(await server.lag()))
    row("   ours, ms", spread(ours.taken()))


def machine() -> str:
    """Its processor, cores and load."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        models = [line.partition(":")[2].strip() for line in cpuinfo.open() if line.startswith("model name")]
        name = models[0] if models else name
    return f"{name}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", default=["a", "b", "c"], help="which of a, b, c; all by default")
    parser.add_argument("--rate", type=float, default=20.0, help="calls a second")
    parser.add_argument("--answer-seconds", type=float, default=30.0)
    parser.add_argument("--greetings", type=int, default=40)
    parser.add_argument("--streams", type=int, nargs="*", default=[5, 10, 20])
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each stream of c")
    given = parser.parse_args()
    print(f"{machine()}\n")
    asyncio.run(measure("".join(given.parts), given))


if __name__ == "__main__":
    main()
