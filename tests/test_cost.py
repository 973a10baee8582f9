"""The arithmetic of scale, kept true by counting."""

from tests.cost import calls_of_a_close, write_units_of_a_month


def test_a_clients_month_costs_at_most_300_write_units():
    """A hundred thousand clients fit one night on default quotas only as long as this holds."""
    assert write_units_of_a_month()["month"] <= 300


def test_closing_an_account_takes_as_many_calls_whatever_its_history():
    assert calls_of_a_close(10) == calls_of_a_close(1_000_000)
