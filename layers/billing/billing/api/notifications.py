"""Who gets copies of the documents."""

from __future__ import annotations

from billing import wiring
from billing.api.confirmations import links_of
from billing.api.guard import Routes
from billing.api.models_notifications import AddressAsked, Notifications, NotificationsAsked
from billing.domain.access import ADMINISTRATORS, CLIENTS, Role
from billing.page.language import Language
from billing.usecases import notifications as usecase

routes = Routes()


@routes.on("GET", "/notifications", may=CLIENTS, summary="Who gets copies, and what became of the last letters")
def notifications() -> Notifications:
    return told(routes.account, routes.language, full=routes.caller.role is Role.ADMINISTRATOR)


@routes.on("PUT", "/notifications", may=ADMINISTRATORS, summary="Sets who gets copies; new addresses confirm first")
def change(asked: NotificationsAsked) -> Notifications:
    changed = usecase.change_notifications(
        routes.account,
        added=[(wanted.address, wanted.kinds) for wanted in asked.added],
        reconciliation=asked.reconciliation,
        version=asked.version,
        outside=wiring.outside(),
        link=links_of(routes.account, routes.event),
    )
    return Notifications.of(changed, routes.language)


@routes.on("POST", "/notifications/addresses", may=CLIENTS, summary="Adds an address, which confirms first")
def add(asked: AddressAsked) -> Notifications:
    """Add an address. An accountant may add their own; only an administrator may replace the settings as a whole."""
    account = routes.account
    usecase.add_address(
        account, asked.address, asked.kinds, outside=wiring.outside(), link=links_of(account, routes.event)
    )
    return told(account, routes.language, full=routes.caller.role is Role.ADMINISTRATOR)


@routes.on(
    "POST",
    "/notifications/<digest>/confirmations",
    may=ADMINISTRATORS,
    summary="Asks an added address once more to confirm",
    status_code=202,
)
def ask_again(digest: str) -> dict[str, str]:
    account = routes.account
    usecase.ask_again(account, digest, outside=wiring.outside(), link=links_of(account, routes.event))
    return {"state": usecase.WAITING}


def told(account: str, language: Language, *, full: bool) -> Notifications:
    """`full`: with whole addresses, else masked."""
    return Notifications.of(usecase.notifications_of(account, wiring.outside(), full=full), language)
