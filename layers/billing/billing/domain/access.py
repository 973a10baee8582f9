"""Who may do what: roles as the CRM names them in its tokens."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    ADMINISTRATOR = "administrator"  # of a client: all that an accountant may, and changes who gets copies
    ACCOUNTANT = "accountant"  # of a client: reads, orders documents and letters, adds an address for copies
    OPERATOR = "operator"  # ours: reads the runs and any account, and decides about payers in the EDO


ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
CLIENTS = frozenset({Role.ADMINISTRATOR, Role.ACCOUNTANT})
OPERATORS = frozenset({Role.OPERATOR})
