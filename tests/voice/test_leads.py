"""`switchboard leads …` on a real database."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.voice.databases import NAME, PHONE, on
from voice.leads import app
from voice.store import Delivery, Store

SETTINGS = """
public_url: https://agent.example.com
models: {{ears: base.en, voice: en_US-ljspeech-medium}}
store: {store}
twilio: {{account: AC00000000000000000000000000000001, auth_token_env: TWILIO_AUTH_TOKEN}}
people: {{ana: {{name: Ana, number: "+14155550111"}}}}
lists: {{all: [{{people: [ana]}}]}}
numbers:
  "+14155550100":
    flow: after_hours_hvac
    time_zone: America/New_York
    transfers: {{on_call_line: all, front_desk: all}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration file whose database holds two leads, one of them with a dead delivery."""
    file = tmp_path / "switchboard.yaml"
    file.write_text(SETTINGS.format(store=f"sqlite:///{tmp_path}/calls.db"), encoding="utf-8")

    async def fill(store: Store) -> None:
        await store.save_fields("CA1", NAME | PHONE, turn=2)
        await store.complete_lead("CA1", ("webhook:crm", "file"), at=0.0)
        for row in await store.due(0.0, 10):
            if row.kind == "webhook":
                await store.dead(row.id, 1, "the webhook answered 404")
            else:
                await store.delivered(row.id, 1.0)
        formula = {"reason": ("=HYPERLINK(1)", "equals\nhyperlink", 0.5, False)}
        await store.save_fields("CA2", formula)
        await store.end_call("CA2", "caller_hung_up", 12.5, ())

    on(f"sqlite:///{tmp_path}/calls.db", fill, begun=("CA1", "CA2"))
    return file


def run(config: Path, *words: str) -> str:
    done = CliRunner().invoke(app, [*words, "--config", str(config)])
    assert done.exit_code == 0, done.output
    return done.output


def refused(config: Path, *words: str) -> str:
    done = CliRunner().invoke(app, [*words, "--config", str(config)])
    assert done.exit_code == 1
    return done.output


def states(folder: Path) -> dict[str, str]:
    found: list[Delivery] = []

    async def read(store: Store) -> None:
        found.extend(await store.deliveries())

    on(f"sqlite:///{folder}/calls.db", read, begun=())
    return {row.target: row.state for row in found}


def test_the_list(config: Path) -> None:
    first, second = run(config, "list").splitlines()
    assert first == (
        "CA1 complete: callback: +14155550123; name: Karen Mitchell [file delivered, webhook:crm dead]"
    )  # fmt: skip
    assert second == "CA2 partial: reason: =HYPERLINK(1)"


def test_the_list_as_json(config: Path) -> None:
    assert json.loads(run(config, "list", "--json")) == [
        {
            "call": "CA1",
            "status": "complete",
            "fields": {"callback": "+14155550123", "name": "Karen Mitchell"},
            "deliveries": {"file": "delivered", "webhook:crm": "dead"},
        },
        {"call": "CA2", "status": "partial", "fields": {"reason": "=HYPERLINK(1)"}, "deliveries": {}},
    ]


def test_one_lead_with_how_it_was_heard_and_where_it_went(config: Path) -> None:
    text = run(config, "show", "CA1")
    assert 'name: Karen Mitchell (heard "karen mitchell" at 0.91, turn 2, not confirmed)' in text
    assert "version 1 to webhook:crm: dead, 1 tries: the webhook answered 404" in text
    assert 'heard "equals hyperlink" at 0.50, not confirmed' in run(config, "show", "CA2")
    whole = json.loads(run(config, "show", "CA1", "--json"))
    assert whole["fields"]["callback"]["confirmed"] is True
    assert whole["fields"]["callback"]["turn"] == 2
    assert (whole["caller"], whole["started"]) == ("+14155550123", "2026-11-22T19:40:00-05:00")
    assert {row["target"]: row["state"] for row in whole["deliveries"]} == states(config.parent)


def test_a_call_without_a_lead_is_an_error(config: Path) -> None:
    assert "no lead of the call CA404" in refused(config, "show", "CA404")


def test_what_was_given_up_is_delivered_once_more(config: Path) -> None:
    assert run(config, "redeliver", "--dead").startswith("1 deliveries wait")
    assert states(config.parent) == {"file": "delivered", "webhook:crm": "waiting"}
    assert "nothing to deliver" in refused(config, "redeliver", "--dead")


def test_one_calls_lead_is_delivered_once_more(config: Path) -> None:
    run(config, "redeliver", "CA1")
    assert states(config.parent) == {"file": "waiting", "webhook:crm": "waiting"}
    assert "nothing to deliver" in refused(config, "redeliver", "CA2")
    assert "name a call" in refused(config, "redeliver")


def test_a_spreadsheet_holds_no_formula(config: Path, tmp_path: Path) -> None:
    run(config, "export", "--csv", str(tmp_path / "leads.csv"))
    with (tmp_path / "leads.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert first["callback"] == "'+14155550123"
    assert first["caller"] == "'+14155550123"
    assert (first["name"], first["reason"], first["status"]) == ("Karen Mitchell", "", "complete")
    assert second["reason"] == "'=HYPERLINK(1)"
    assert (second["outcome"], second["name"]) == ("caller_hung_up", "")
    assert (tmp_path / "leads.csv").stat().st_mode & 0o777 == 0o600


def test_json_is_exported_as_it_is(config: Path) -> None:
    _, second = json.loads(run(config, "export", "--json"))
    assert second["fields"]["reason"]["value"] == "=HYPERLINK(1)"
    assert second["fields"]["reason"]["spoken"] == "equals\nhyperlink"


def test_an_export_says_what_it_needs(config: Path, tmp_path: Path) -> None:
    assert "say either" in refused(config, "export")
    assert "say either" in refused(config, "export", "--json", "--csv", "x.csv")
    assert "can't be written" in refused(config, "export", "--csv", str(tmp_path / "absent" / "x.csv"))


def test_a_database_that_can_not_be_used_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "switchboard.yaml"
    file.write_text(SETTINGS.format(store=f"sqlite:///{tmp_path}/absent/calls.db"), encoding="utf-8")
    assert "cannot be made" in refused(file, "list")
    assert "cannot be read" in refused(tmp_path / "absent.yaml", "list")
