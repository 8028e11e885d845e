"""Tickets: once, soon, and for the call they were issued to."""

import pytest

from voice.tickets import CallOrder, Tickets

ORDER = CallOrder("+18005550100", "lead", "+14155550199", attestation="A")


def issued(*, most: int = 4096) -> Tickets:
    tickets = Tickets(60, most=most)
    tickets.issue("secret", "CA1", "AC1", 100.0, ORDER)
    return tickets


def test_point_3_a_ticket_serves_once() -> None:
    tickets = issued()
    assert tickets.redeem("secret", "CA1", "AC1", 101.0) == ORDER
    assert tickets.redeem("secret", "CA1", "AC1", 101.0) is None


@pytest.mark.parametrize("now", [160.1, 1e9, 99.0])
def test_point_3_an_expired_one_does_not(now: float) -> None:
    assert issued().redeem("secret", "CA1", "AC1", now) is None


def test_point_3_the_last_moment_counts() -> None:
    assert issued().redeem("secret", "CA1", "AC1", 160.0) == ORDER


@pytest.mark.parametrize("token", ["", "Secret", "secret ", "secre", "\ud800", "sécret"])
def test_point_3_a_wrong_one_spends_nothing(token: str) -> None:
    tickets = issued()
    assert tickets.redeem(token, "CA1", "AC1", 101.0) is None
    assert tickets.redeem("secret", "CA1", "AC1", 101.0) == ORDER


@pytest.mark.parametrize(
    ("call", "account"), [("CA2", "AC1"), ("CA1", "AC2"), ("", ""), ("CA1", ""), ("CA1\ud800", "AC1")]
)
def test_point_4_another_calls_or_accounts_ticket_is_spent(call: str, account: str) -> None:
    tickets = issued()
    assert tickets.redeem("secret", call, account, 101.0) is None
    assert tickets.redeem("secret", "CA1", "AC1", 101.0) is None


def test_point_4_one_stream_spends_the_calls_other_tickets() -> None:
    tickets = issued()
    tickets.issue("repeated", "CA1", "AC1", 101.0, ORDER)
    tickets.issue("other", "CA2", "AC1", 101.0, ORDER)
    assert tickets.redeem("repeated", "CA1", "AC1", 102.0) == ORDER
    assert tickets.redeem("secret", "CA1", "AC1", 102.0) is None
    assert tickets.redeem("other", "CA2", "AC1", 102.0) == ORDER


def test_memory_is_bounded_and_the_oldest_goes() -> None:
    tickets = issued(most=3)
    for n in range(3):
        tickets.issue(f"t{n}", f"CB{n}", "AC1", 110.0, ORDER)
    assert len(tickets) == 3
    assert tickets.redeem("secret", "CA1", "AC1", 111.0) is None
    assert tickets.redeem("t2", "CB2", "AC1", 111.0) == ORDER


def test_what_has_expired_is_forgotten() -> None:
    tickets = issued()
    tickets.issue("later", "CA2", "AC1", 200.0, ORDER)
    assert len(tickets) == 1


def test_an_order_does_not_show_the_caller() -> None:
    assert "4155550199" not in repr(ORDER)
