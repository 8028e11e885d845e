"""What breaks around a call: the log says where and never what was said, and the call's end is booked all the same."""

from pathlib import Path

from structlog.testing import capture_logs

from tests.fakes import FakeRecogniser, Running
from tests.voice.test_server import SPEECH, Phone, on_the_phone, outcome
from voice.asr import Priority
from voice.whisper import Recognition


class Breaks(FakeRecogniser):
    """Breaks in a way that nobody foresaw, and quotes what it heard."""

    async def recognise(
        self, mulaw: bytes, *, bias: tuple[str, ...], priority: Priority, nbest: int = 1
    ) -> Recognition:
        """Never."""
        raise ValueError("cannot decode 'my name is karen mitchell'")


async def says_something(phone: Phone, _server: Running) -> None:
    await phone.start()
    await phone.talk(250)
    await phone.talk(50, SPEECH)
    await phone.talk(150)
    await phone.hung_up()


def test_a_task_that_breaks_is_logged_by_kind_and_place_alone(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        try:
            await says_something(phone, server)
        except OSError:
            raise AssertionError("closed too soon") from None
        except Exception:  # noqa: BLE001 - the server hangs up in the middle of it
            return

    with capture_logs() as logs:
        on_the_phone(tmp_path, script, recogniser=Breaks())
    (line,) = [line for line in logs if line["event"] == "a task of the call failed"]
    assert (line["kind"], line["at"].partition(":")[0]) == ("ValueError", "test_breaking.py")
    assert "karen" not in str(logs)


def test_a_disk_that_takes_nothing_takes_no_call_with_it(tmp_path: Path) -> None:
    (tmp_path / "calls").write_text("where the journals' folder would be")
    server = on_the_phone(tmp_path, says_something, recogniser=FakeRecogniser(["my furnace stopped working"]))
    assert outcome(server) == "caller_hung_up"
    assert [turn.heard for turn in server.server.finished["CA1"].report.turns] == ["my furnace stopped working"]
