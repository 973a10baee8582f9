"""The arithmetic of scale, kept true by counting."""

from tests.cost import READS, calls_of_a_close, calls_of_a_month, write_units_of_a_month


def test_a_clients_month_costs_at_most_300_write_units():
    """A hundred thousand clients fit one night on default quotas only as long as this holds."""
    assert write_units_of_a_month()["month"] <= 300


def test_closing_an_account_takes_as_many_calls_whatever_its_history():
    assert calls_of_a_close(10) == calls_of_a_close(1_000_000)


def test_a_clients_month_takes_at_most_65_calls_of_which_21_read():
    """A function's time is its calls, one after another. Thirty-one of them post a payment and thirty charges.

    The first of them also looks up which month a new account opens in.
    """
    calls = calls_of_a_month()

    assert sum(calls[kind] for kind in READS) <= 21
    assert sum(calls.values()) <= 65
