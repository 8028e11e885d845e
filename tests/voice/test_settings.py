"""The settings file: what it holds, and every mistake in it with line, place and remedy."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import voice
from sop.loader import bundle
from sop.loader import load as load_flow
from sop.yaml_source import Node, read_yaml
from voice.roster import Person, on_duty
from voice.settings import (
    SettingsError,
    hours_of,
    json_schema,
    load,
    load_text,
    roster_of,
    schema_text,
    secret_names,
)
from voice.settings_mistakes import looks_secret

DOCUMENT = (Path(__file__).parent.parent.parent / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLE = DOCUMENT.split("```yaml\n")[1].split("```")[0]

SMALL = """\
public_url: https://agent.example.com
models: {ears: base.en, voice: en_US-ljspeech-medium}
twilio:
  account: AC0123456789abcdef0123456789ABCDEF
  auth_token_env: TWILIO_AUTH_TOKEN
people:
  ana: {name: Ana, number: "+14155550101"}
  ben: {name: Ben, number: "+14155550102"}
lists:
  on_call:
    - people: [ana, ben]
      from: "17:00"
      to: "08:00"
screens:
  - {kind: slack, url_env: SLACK_WEBHOOK}
deliveries:
  office: {kind: webhook, url: https://crm.example.com/leads, secret_env: LEADS_KEY}
  alarm: {kind: sms, to: "+14155550101", only_if: gas_smell == yes}
numbers:
  "+14155550199":
    flow: after_hours_hvac
    time_zone: America/New_York
    transfers: {on_call_line: on_call, front_desk: on_call}
    deliveries: [office, alarm]
    recording: {mode: announce}
"""
ENVIRONMENT = {"TWILIO_AUTH_TOKEN": "t0ken", "SLACK_WEBHOOK": "https://x.example", "LEADS_KEY": "k"}


def mistakes(text: str, environment: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_text(text, "s.yaml", Path(), environment)
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    return [str(problem) for problem in caught.value.problems]


# ---- what it holds ---------------------------------------------------------------------------------------------


def test_a_small_file_and_its_defaults(tmp_path: Path) -> None:
    (tmp_path / "switchboard.yaml").write_text(SMALL, encoding="utf-8")
    settings = load(tmp_path / "switchboard.yaml", {**ENVIRONMENT, "SWITCHBOARD_HOME": "/srv/phone"})
    assert settings.public_url == "https://agent.example.com"
    assert (settings.listen.host, settings.listen.port) == ("127.0.0.1", 8080)
    assert settings.twilio is not None and settings.twilio.rest_url == "https://api.twilio.com"
    assert settings.home == Path("/srv/phone")
    assert settings.store_url == "sqlite+aiosqlite:////srv/phone/switchboard.db"
    assert settings.model_folder == Path("/srv/phone/models")
    assert settings.limits.transfers_at_once == 4 and settings.limits.spend_per_day == 0
    number = settings.numbers["+14155550199"]
    assert (number.flow, number.open_flow, number.share, number.recording.mode) == (
        "after_hours_hvac",
        "",
        100,
        "announce",
    )
    assert settings.deliveries["office"].partial is False


def test_the_documents_example_holds_every_key() -> None:
    settings = load_text(EXAMPLE, "example.yaml", Path("/etc/switchboard"))
    assert settings.home == Path("/etc/switchboard/data")
    assert settings.twilio is not None and settings.twilio.rest_url == "https://api.dublin.ie1.twilio.com"
    assert settings.numbers["+14155550199"].share == 50
    assert settings.numbers["+14155550188"].open_flow == "order_status"
    assert secret_names(settings) == (
        "CRM_KEY", "LEADS_KEY", "MAIL_PASSWORD", "PACKETS_KEY", "READER_KEY", "SLACK_WEBHOOK", "TWILIO_AUTH_TOKEN",
        "TWILIO_PREVIOUS_TOKEN",
    )  # fmt: skip


def keys_of(schema: dict[str, Any]) -> set[str]:
    forms = [schema, *schema["$defs"].values()]
    return {key for form in forms for key in form.get("properties", {})} - {"kind"}


def test_the_document_explains_every_key() -> None:
    explained = set(re.findall(r"`(\w+)`", DOCUMENT.split("## At the top")[1]))
    sections = set(re.findall(r"^## `(\w+)`", DOCUMENT, re.MULTILINE)) | {"screens", "deliveries", "people", "lists"}
    days = {"tuesday", "wednesday", "thursday", "friday", "saturday"}
    assert keys_of(json_schema()) - days <= explained | sections


def test_paths_are_taken_from_the_files_folder(tmp_path: Path) -> None:
    flow = load_path(tmp_path)
    text = SMALL.replace("flow: after_hours_hvac", "flow: flows/ours.yaml")
    text += "home: data\nstore: sqlite:///leads.db\n"
    text = text.replace("  office: {kind: webhook, url: https://crm.example.com/leads, secret_env: LEADS_KEY}\n",
                        "  office: {kind: jsonl, path: out/leads.jsonl}\n")  # fmt: skip
    settings = load_text(text, "s.yaml", tmp_path)
    assert settings.numbers["+14155550199"].flow == str(flow)
    assert settings.home == tmp_path / "data"
    assert settings.store_url == f"sqlite:///{tmp_path}/leads.db"
    assert getattr(settings.deliveries["office"], "path", "") == str(tmp_path / "out" / "leads.jsonl")


def load_path(folder: Path) -> Path:
    """A flow of our own in `folder`."""
    path = folder / "flows" / "ours.yaml"
    path.parent.mkdir()
    path.write_text(bundle("after_hours_hvac"), encoding="utf-8")
    return path


@pytest.mark.parametrize(("written", "share"), [("25", 25), ("25%", 25), ('"25 %"', 25), ("0", 0), ("100%", 100)])
def test_a_share_is_a_percentage(written: str, share: int) -> None:
    text = SMALL + f"    share: {written}\n    human: on_call\n"
    assert load_text(text, "s.yaml", Path()).numbers["+14155550199"].share == share


def test_a_loopback_server_needs_no_account() -> None:
    text = re.sub(r"twilio:\n.*\n.*\n", "", SMALL).replace("https://agent.example.com", "http://127.0.0.1:8080/")
    settings = load_text(text, "s.yaml", Path())
    assert settings.twilio is None and settings.public_url == "http://127.0.0.1:8080"


def test_secrets_are_in_no_representation() -> None:
    settings = load_text(SMALL, "s.yaml", Path(), ENVIRONMENT)
    assert "t0ken" not in repr(settings) + settings.model_dump_json()


# ---- hours and rosters -----------------------------------------------------------------------------------------


def test_a_roster_follows_the_numbers_clock_and_days_off() -> None:
    settings = load_text(EXAMPLE, "example.yaml", Path())
    number = settings.numbers["+14155550199"]
    hours = hours_of(number, load_flow(number.flow))
    assert hours.week[2] == ((480, 720), (780, 1020)) and hours.week[5] == ()
    assert (hours.time_zone, hours.holidays, hours.closed) == ("America/New_York", "US", ("2026-12-24",))
    on_call = roster_of(settings, "on_call", hours)
    ana, ben = Person("Ana Ruiz", "+14155550101"), Person("Ben Cole", "+14155550102")
    assert on_duty(on_call, "2026-11-23T18:00:00-05:00") == (ana, ben)  # a Monday
    assert on_duty(on_call, "2026-11-23T12:00:00-05:00") == ()
    assert on_duty(on_call, "2026-11-28T12:00:00-05:00") == (ben, ana)  # a Saturday
    assert on_duty(on_call, "2026-12-24T12:00:00-05:00") == (ben, ana)  # closed
    assert on_duty(roster_of(settings, "office", hours), "2026-12-24T12:00:00-05:00")[0].name == "the front desk"


def test_the_flows_hours_hold_where_the_number_has_none() -> None:
    text = SMALL.replace("flow: after_hours_hvac", "flow: law_intake").replace(
        "{on_call_line: on_call, front_desk: on_call}",
        "{on_call: on_call, intake_desk: on_call, lawyer_on_call: on_call}",
    )
    text = text.replace("    time_zone: America/New_York\n", "    closed: [2026-07-03]\n").replace(", alarm]", "]")
    graph = load_flow("law_intake")
    hours = hours_of(load_text(text, "s.yaml", Path()).numbers["+14155550199"], graph)
    assert graph.hours is not None and hours.week == graph.hours.week
    assert (hours.time_zone, hours.holidays, hours.closed) == ("America/New_York", "US", ("2026-07-03",))


def test_one_flows_clock_serves_the_other_too() -> None:
    text = SMALL.replace("    time_zone: America/New_York\n", "    open_flow: insurance_quote\n")
    text = text.replace("front_desk: on_call}", "front_desk: on_call, licensed_agent: on_call}").replace(
        ", alarm]", "]"
    )
    number = load_text(text, "s.yaml", Path()).numbers["+14155550199"]
    hours = hours_of(number, load_flow(number.flow), load_flow(number.open_flow))
    assert (hours.time_zone, hours.week[5]) == ("America/Chicago", ((540, 780),))


# ---- mistakes --------------------------------------------------------------------------------------------------

MISTAKES = [
    # what is replaced, by what, line, place, what is wrong, how to mend it
    ("https://agent.example.com", "http://agent.example.com", 1, "public_url", "can't come over http", "https"),
    ("https://agent.example.com", "https://agent.example.com/phone", 1, "public_url", "more here", "scheme and host"),
    ("https://agent.example.com", "agent.example.com", 1, "public_url", "no address", "scheme and host"),
    ("public_url: https://agent.example.com\n", "", 1, "public_url", "is missing", "add `public_url: ...`"),
    ("ears: base.en, ", "", 2, "models.ears", "ears is missing", "add `ears"),
    ("voice: en_US", "voise: x, voice: en_US", 2, "models.voise", "unknown field 'voise'", "did you mean 'voice'?"),
    ("ljspeech-medium}", "ljspeech-medium, threads: two}", 2, "models.threads", "whole number", "digits"),
    ("AC0123456789abcdef", "0123456789abcdef", 4, "twilio.account", "looks like a secret", "environment variable"),
    ("AC0123456789abcdef", "AC01234", 4, "twilio.account", "no account SID", "AC and 32"),
    ("auth_token_env: TWILIO_AUTH_TOKEN", "auth_token_env: twilio token", 5, "twilio.auth_token_env",
     "no name of an environment variable", "never the secret"),
    ("  auth_token_env", "  region: ie1\n  auth_token_env", 5, "twilio.region", "belong together", "both"),
    ("  auth_token_env", "  api_url: http://api.example.com\n  auth_token_env", 5, "twilio.api_url", "could be read",
     "https://"),
    ("+14155550101\"}\n", "4155550101\"}\n", 7, "people.ana.number", "E.164", '"+14155550123"'),
    ("+14155550101\"}\n", "+1 415 555 0101\"}\n", 7, "people.ana.number", "E.164", '"+14155550123"'),
    ("+14155550101\"}\n", "+1415555010\"}\n", 7, "people.ana.number", "no such telephone number", "digit"),
    ("+14155550102", "+14155550199", 8, "people.ben.number", "ring itself", "the person's own telephone"),
    ("[ana, ben]", "[ana, bne]", 11, "lists.on_call 1.people 2", "no person 'bne'", "did you mean 'ben'?"),
    ("      from: \"17:00\"", "      from: 17.00", 12, "lists.on_call 1.from", "no time of day", '"17:30"'),
    ("      from: \"17:00\"", "      days: [sun]", 12, "lists.on_call 1.days 1", "'sunday'", "one of these"),
    ("slack, url_env", "fax, url_env", 15, "screens 1", "no such kind", "'webhook', 'email', 'slack'"),
    ("{kind: slack, url_env: SLACK_WEBHOOK}", "{url_env: SLACK_WEBHOOK}", 15, "screens 1", "kind is missing", "kind"),
    ("  - {kind: slack", "  - {kind: slack, url_env: A}\n  - {kind: slack", 16, "screens 2", "already", "remove one"),
    ("https://crm.example.com/leads", "http://crm.example.com/leads", 17, "deliveries.office.url", "be read",
     "https://"),
    ("gas_smell == yes", "gas_smell", 18, "deliveries.alarm.only_if", "no condition", "`gas_smell == yes`"),
    ("gas_smell == yes", "gas_smel == yes", 18, "deliveries.alarm.only_if", "no slot 'gas_smel'", "'gas_smell'"),
    ("gas_smell == yes", "gas_smell == true", 18, "deliveries.alarm.only_if", "never 'true'", "use one of: no, yes"),
    ("gas_smell == yes", "callback == yes", 18, "deliveries.alarm.only_if", "no fixed values", "yes or no"),
    ('  "+14155550199":', '  "415-555-0199":', 20, "numbers.415-555-0199", "E.164", '"+14155550123"'),
    ("after_hours_hvac", "after_hour_hvac", 21, "numbers.+14155550199.flow", "no flow 'after_hour_hvac'",
     "did you mean 'after_hours_hvac'?"),
    ("America/New_York", "America/New_Yrok", 22, "numbers.+14155550199.time_zone", "no such time zone", "New_York"),
    ("    time_zone: America/New_York\n", "", 20, "numbers.+14155550199", "by which clock", "add `time_zone"),
    ("on_call_line: on_call, ", "", 23, "numbers.+14155550199.transfers", "hands callers to 'on_call_line'",
     "add `on_call_line:`"),
    ("front_desk: on_call}", "front_desk: oncall}", 23, "numbers.+14155550199.transfers.front_desk",
     "no list 'oncall'", "did you mean 'on_call'?"),
    ("front_desk: on_call}", "front_desk: on_call, boss: on_call}", 23, "numbers.+14155550199.transfers.boss",
     "no flow of this number hands callers to 'boss'", "front_desk"),
    ("[office, alarm]", "[ofice, alarm]", 24, "numbers.+14155550199.deliveries 1", "no delivery 'ofice'", "'office'"),
    ("{mode: announce}", "{mode: ask}", 25, "numbers.+14155550199.recording.mode", "ask for consent", "script"),
    ("{mode: announce}", "{mode: always}", 25, "numbers.+14155550199.recording.mode", "'announce', 'ask' or 'none'",
     "one of these"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "place", "what", "remedy"), MISTAKES)
def test_a_mistake_is_the_only_one_and_says_where_and_how(
    old: str, new: str, line: int, place: str, what: str, remedy: str
) -> None:
    assert old in SMALL
    (found,) = mistakes(SMALL.replace(old, new, 1), ENVIRONMENT | {"A": "x"})
    head, _, mending = found.partition("; ")
    assert head.startswith(f"s.yaml:{line}: {place}: ")
    assert what in head and remedy in mending


FURTHER = [
    ("    share: 101\n    human: on_call\n", 26, "share", "at most 100"),
    ("    share: -1\n    human: on_call\n", 26, "share", "at least 0"),
    ("    share: 30%\n", 26, "share", "nobody gets the calls"),
    ("    hours: {monday: 8-17}\n", 26, "hours.monday 1", "no stretch of a day"),
    ("    hours:\n      monday: [\"08:00-12:00\", \"13:00-12:30\"]\n", 27, "hours.monday 2", "no stretch of a day"),
    ("    closed: [2026-02-30]\n", 26, "closed 1", "no date"),
    ("    holidays: Utopia\n", 26, "holidays", "no holidays are known"),
    ("    open_flow: dental_bookin\n", 26, "open_flow", "no flow 'dental_bookin'"),
    ("    human: offic\n", 26, "human", "no list 'offic'"),
    ("    fallback: offic\n", 26, "fallback", "no list 'offic'"),
    ("    staff_first: {list: offic}\n", 26, "staff_first.list", "no list 'offic'"),
    ("    staff_first: {list: on_call, seconds: 600}\n", 26, "staff_first.seconds", "at most 60"),
    ("    allow: [\"+14155550100\"]\n    block: [\"+14155550100\"]\n", 26, "allow 1", "blocked too"),
    ("    block: [\"1900*\"]\n", 26, "block 1", "no beginning of telephone numbers"),
    ("    voicemail:\n", 26, "voicemail", "nothing here"),
    ("    longest_minutes: 0\n", 26, "longest_minutes", "at least 1"),
]  # fmt: skip


@pytest.mark.parametrize(("added", "line", "place", "what"), FURTHER)
def test_mistakes_of_a_number(added: str, line: int, place: str, what: str) -> None:
    (found,) = mistakes(SMALL + added)
    assert found.startswith(f"s.yaml:{line}: numbers.+14155550199.{place}: ") and what in found


TOP = [
    ("crm: {url: https://crm.example.com, timeout_ms: 701}\n", "crm.timeout_ms", "at most 700"),
    ("limits: {calls: 0}\n", "limits.calls", "at least 1"),
    ("limits: {spend_per_day: 20}\n", "limits.spend_per_day", "price of a minute"),
    ("limits: {cost_per_minute: cheap}\n", "limits.cost_per_minute", "must be a number"),
    ("listen: 8080\n", "listen", "must be a mapping"),
    ("reader: {url: localhost:8000, model: m}\n", "reader.url", "no address"),
    ("store: leads.db\n", "store", "no database"),
    ("store: \"sqlite:///:memory:\"\n", "store", "no database that keeps anything"),
    ("password: hunter2\n", "password", "unknown field 'password'"),
    ("home: [a]\n", "home", "must be text"),
]  # fmt: skip


@pytest.mark.parametrize(("added", "place", "what"), TOP)
def test_mistakes_at_the_top(added: str, place: str, what: str) -> None:
    (found,) = mistakes(SMALL + added)
    assert found.startswith(f"s.yaml:26: {place}: ") and what in found


def test_mail_that_others_could_read() -> None:
    mail = "  mail: {kind: email, to: [a@example.com], from: b@example.com, host: mail.example.com, security: none}\n"
    (found,) = mistakes(SMALL.replace("deliveries:\n", "deliveries:\n" + mail, 1))
    assert found.startswith("s.yaml:17: deliveries.mail.security: what is sent could be read")
    assert load_text(SMALL.replace("deliveries:\n", "deliveries:\n" + mail.replace("mail.example.com", "localhost"), 1),
                     "s.yaml", Path()).deliveries["mail"].kind == "email"  # fmt: skip


def test_every_mistake_is_reported_at_once_in_the_order_of_lines() -> None:
    text = SMALL
    for old, new in (("https://agent", "http://agent"), ("[ana, ben]", "[ana, bne]"), ("[office,", "[ofice,")):
        text = text.replace(old, new, 1)
    text = text.replace("America/New_York", "Mars").replace("people:\n", "people:\n  cal: {name: Cal}\n", 1)
    lines = [int(found.split(":")[1]) for found in mistakes(text)]
    assert lines == [1, 7, 12, 23, 25]


def test_an_open_line_with_a_public_address_needs_an_account() -> None:
    (found,) = mistakes(re.sub(r"twilio:\n.*\n.*\n", "", SMALL))
    assert found.startswith("s.yaml:1: public_url: ") and "add `twilio:`" in found


def test_open_hours_have_to_be_somewhere() -> None:
    (found,) = mistakes(SMALL + "    open_flow: after_hours_hvac\n")
    assert found.startswith("s.yaml:26: numbers.+14155550199.open_flow: ") and "when the business is open" in found


def test_a_number_twice() -> None:
    (found,) = mistakes(SMALL + '  "+14155550199": {flow: after_hours_hvac}\n')
    assert found.startswith("s.yaml:26: ") and "'+14155550199' stands twice" in found


def test_a_flow_with_mistakes_of_its_own(tmp_path: Path) -> None:
    flow = load_path(tmp_path)
    flow.write_text(flow.read_text(encoding="utf-8").replace("start: triage", "start: nowhere"), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_text(SMALL.replace("after_hours_hvac", "flows/ours.yaml") + "nonsense: 1\n", "s.yaml", tmp_path)
    files = [problem.file for problem in caught.value.problems]
    assert files[0] == "s.yaml" and set(files[1:]) == {"ours.yaml"}


# ---- secrets ---------------------------------------------------------------------------------------------------


def test_the_environment_must_hold_what_the_file_and_the_flows_name() -> None:
    text = SMALL + (
        '  "+14155550188":\n    flow: order_status\n    time_zone: America/New_York\n'
        "    transfers: {care_team: on_call, care_voicemail: on_call}\n"
    )
    found = mistakes(text, {"LEADS_KEY": "k", "SLACK_WEBHOOK": ""})
    assert [one.split(": ")[0] + " " + one.split("lacks ")[1].split(";")[0].split(",")[0] for one in found] == [
        "s.yaml:5 TWILIO_AUTH_TOKEN",
        "s.yaml:15 SLACK_WEBHOOK",
        "s.yaml:27 ORDER_API_TOKEN",
    ]
    assert load_text(text, "s.yaml", Path(), ENVIRONMENT | {"ORDER_API_TOKEN": "x"}).numbers


SECRETS = [
    "0123456789abcdef0123456789abcdef",
    "sk-proj-abcdefghijklmnop1234",
    "xoxb-1234567890-abcdefghij",
    "https://hooks.slack.com/services/T000/B000/abcdefgh",
    "https://me:hunter2@crm.example.com/leads",
    "https://crm.example.com/leads?token=abcdef",
    "Bearer abcdefghijklmnop",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_literal_secret_is_a_mistake_and_is_never_shown(secret: str) -> None:
    for key in ("auth_token_env: TWILIO_AUTH_TOKEN", "url: https://crm.example.com/leads"):
        name = key.partition(":")[0]
        text = SMALL.replace(key, f'{name}: "{secret}"', 1)
        (found,) = mistakes(text, ENVIRONMENT)
        assert "looks like a secret" in found and "environment variable" in found
        assert secret not in found and "hunter2" not in found


def test_a_databases_password() -> None:
    (found,) = mistakes(SMALL + "store: postgresql://me:hunter2@db.example.com/leads\n")
    assert "PGPASSWORD" in found and "hunter2" not in found


def test_a_secret_under_a_key_of_its_own() -> None:
    (found,) = mistakes(SMALL.replace("  auth_token_env", "  auth_token: hunter2\n  auth_token_env"))
    assert "unknown field 'auth_token'" in found and "`_env`" in found and "hunter2" not in found


@pytest.mark.parametrize(
    "text",
    [
        "AC0123456789abcdef0123456789abcdef",
        "en_US-ljspeech-medium",
        "postgresql://switchboard@db.example.com/leads",
        "https://crm.example.com/leads?source=phone",
        "TWILIO_AUTH_TOKEN",
        "+14155550123",
        "/srv/models/whisper-switchboard",
        "Please tell me the secret word.",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert not looks_secret(text)


# ---- files that are none ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the file is empty"),
        ("# nothing yet\n", "the file is empty"),
        ("- a\n- b\n", "must be a mapping"),
        ("public_url: [\n", "not YAML"),
        ("a: &x 1\nb: *x\n", "anchors and aliases"),
        ("x: " + "y" * 300_000, "larger than 256 KiB"),
    ],
)
def test_what_is_no_settings_file(text: str, what: str) -> None:
    assert what in mistakes(text)[0]


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot be read .*switchboard init"):
        load(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not UTF-8"):
        load(tmp_path / "binary.yaml")


# ---- the schema ------------------------------------------------------------------------------------------------


def test_the_schema_beside_the_module_is_the_models() -> None:
    committed = Path(voice.__file__).with_name("switchboard.schema.json")
    assert committed.read_text(encoding="utf-8") == schema_text()


def as_an_editor_sees_it(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: as_an_editor_sees_it(inner) for key, inner in node.value.items()}
    return [as_an_editor_sees_it(inner) for inner in node.value] if isinstance(node.value, list) else node.value


@pytest.mark.parametrize("text", [SMALL, EXAMPLE])
def test_the_schema_takes_what_the_loader_takes(text: str) -> None:
    jsonschema.Draft202012Validator(json_schema()).validate(as_an_editor_sees_it(read_yaml(text)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("models:", "modles:"),
        ("kind: slack", "kind: fax"),
        ("{mode: announce}", "{mode: always}"),
        ("ljspeech-medium}", "ljspeech-medium, threads: 0}"),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(old: str, new: str) -> None:
    value = as_an_editor_sees_it(read_yaml(SMALL.replace(old, new, 1)))
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(value)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))
