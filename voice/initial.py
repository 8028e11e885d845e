"""The first `switchboard.yaml`: what `switchboard init` writes for a flow, every line explained, what only the operator
knows left as a <place> to be filled in. Each of those is a mistake until it is."""

import json
import re
from collections.abc import Iterator

from sop.graph import Graph
from sop.hours import WEEKDAYS
from sop.loader import load
from voice.settings_references import tells_of_recording, transfer_targets
from voice.tools import secrets_needed

_TOP = """\
# Settings of a server that answers the telephone with the flow {flow}.
# Fill in what stands between < and >; `switchboard doctor` then says what is still wrong, and how to mend it.
# No secret belongs into this file: it names the environment variables that hold them.{secrets}

# Where the carrier reaches this server. A reverse proxy with the certificate stands there and passes on to `listen`.
public_url: {public_url}
listen:
  host: 127.0.0.1
  port: 8080

# Names of `switchboard models list`; `switchboard models get` fetches them.
models:
  ears: {ears}
  voice: {voice}
  threads: 2

# The account that owns the number. TWILIO_AUTH_TOKEN holds its primary auth token.
twilio:
  account: <the account's SID, which begins with AC>
  auth_token_env: TWILIO_AUTH_TOKEN
  # previous_token_env: TWILIO_PREVIOUS_TOKEN   # while the token is being changed
  # region: ie1                                 # for an account outside the United States; with edge
  # edge: dublin

limits:
  calls: 16                   # at a time
  longest_minutes: 30         # of a call
  drain_seconds: 120          # a server that stops waits so long for its calls
  lost_seconds: 120           # a call whose stream broke, and whom nobody hears of, is over after so long
  transfers_at_once: 4        # people's telephones that are rung or talking
  ring_seconds: 15            # then the next person is rung
  dial_minutes: 60            # a caller and a person may talk so long
  # spend_per_day: 50         # money for people's legs in a day; needs the price of a minute
  # cost_per_minute: 0.02
  answer_target_seconds: 30   # a person who takes longer raises an alarm

# Who can be rung, and when. Shifts belong to the day on which they begin; `to` before `from` is the next day.
people:
  first:
    name: <the name of whoever is on call>
    number: <their telephone, such as "+14155550123">
lists:
  on_call:
    - people: [first]           # more of them are rung one after the other
      days: [every_day]         # or monday, tuesday ..., weekdays, weekend, closed_days
      from: "00:00"
      to: "24:00"

# Where a caller's case is shown before a person is rung: webhook, email or slack.
# screens:
#   - kind: slack
#     url_env: SLACK_WEBHOOK    # the variable that holds the incoming webhook's address

# Where leads go: webhook, email, slack, jsonl, sms to somebody, or a confirmation to the caller.
deliveries:
  file:
    kind: jsonl
    path: leads.jsonl
    partial: true               # leads of calls that broke off, too
  # office:
  #   kind: email
  #   to: [office@example.com]
  #   from: agent@example.com
  #   host: mail.example.com
  #   user: agent
  #   password_env: MAIL_PASSWORD

numbers:
  {number}:
    flow: {flow}
    # open_flow: front_desk     # another flow in business hours
    time_zone: {time_zone}
"""
_BOTTOM = """\
    # closed: [2026-12-24]      # further days off
    # share: 100                # percentage of calls that the agent takes; `human` gets the others
    # human: on_call
    # staff_first:              # people are rung first, and the agent answers where nobody does
    #   list: on_call
    #   seconds: 20
    fallback: on_call           # is rung when the agent fails
    recording:
      mode: {mode}
      # script: This call is recorded.   # or a question, with `mode: ask`
    deliveries: [file]
    voicemail:
      prompt: We can't take your call right now. Please leave a message after the tone.
      seconds: 120
"""


def commented(
    flow: str,
    number: str = "",
    public_url: str = "",
    *,
    ears: str = "base.en",
    voice: str = "en_US-ljspeech-medium",
) -> str:
    """The file for a flow, which is named or a path. Raises FlowError for one with mistakes."""
    graph = load(flow)
    variables = secrets_needed(graph.tools)
    zone = graph.hours.time_zone if graph.hours else ""
    top = _TOP.format(
        flow=_scalar(flow),
        secrets="\n# The flow's tools need " + ", ".join(variables) + " too." if variables else "",
        public_url=public_url or "<the public address, such as https://agent.example.com>",
        ears=_scalar(ears),
        voice=_scalar(voice),
        number=f'"{number}"' if number else '"<the number that is answered, such as +14155550123>"',
        time_zone=zone or "<the business's time zone, such as America/New_York>",
    )
    middle = "".join(f"    {line}\n" for line in (*_hours(graph), *_transfers(graph)))
    mode = "announce            # the flow's greeting says so"
    return top + middle + _BOTTOM.format(mode=mode if tells_of_recording(graph.greeting) else "none")


def _scalar(text: str) -> str:
    """As YAML reads it back."""
    return text if re.fullmatch(r"[\w./-]+", text) else json.dumps(text)


def _hours(graph: Graph) -> Iterator[str]:
    """The business hours that stand in the flow; where there are none, how they are written."""
    if graph.hours is None:
        yield from ("# hours:", '#   monday: "08:00-17:00"', "# holidays: US")
        return
    yield "hours:"
    for day, name in enumerate(WEEKDAYS):
        stretches = [f'"{_clock(first)}-{_clock(last)}"' for first, last in graph.hours.week.get(day, ())]
        if stretches:
            yield f"  {name}: {stretches[0] if len(stretches) == 1 else '[' + ', '.join(stretches) + ']'}"
    yield f"holidays: {graph.hours.holidays}" if graph.hours.holidays else "# holidays: US"


def _transfers(graph: Graph) -> Iterator[str]:
    targets = transfer_targets(graph)
    if targets:
        yield "# Everybody to whom the flow may hand a caller, and the list that each one means."
        yield "transfers:"
        yield from (f"  {target}: on_call" for target in targets)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
