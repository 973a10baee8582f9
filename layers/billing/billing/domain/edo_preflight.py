"""Find what would stop a window's documents, before the window opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from billing.domain.edo_reasons import Reason
from billing.domain.edo_sending import SendingSettings, Window, breaks_five_days


class Severity(StrEnum):
    STOP = "stop"  # nothing could be sent
    WARN = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    severity: Severity
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Our own side before a window. Dates are the last days on which a thing holds; None: unknown or not used."""

    signer_ready: bool
    certificate_until: date | None = None
    power_until: date | None = None
    format_actual: bool = True
    metadata_missing: Sequence[str] = ()
    month_closed: bool = True


def preflight(ours: Readiness, window: Window, settings: SendingSettings, *, today: date) -> tuple[Finding, ...]:
    """Find what would stop the window, then what would stop one soon after.

    A thing that lapses before the window's last day stops it. Source: design 2.4.
    """
    findings = [
        *_lapses(ours.certificate_until, window, settings, today, Reason.CERTIFICATE_LAPSED, Reason.CERTIFICATE_LAPSES),
        *_lapses(ours.power_until, window, settings, today, Reason.POWER_LAPSED, Reason.POWER_LAPSES),
    ]
    if not ours.signer_ready:
        findings.append(Finding(severity=Severity.STOP, reason=Reason.NO_SIGNER))
    if not ours.format_actual:
        findings.append(Finding(severity=Severity.STOP, reason=Reason.FORMAT_NOT_ACTUAL))
    if ours.metadata_missing:
        findings.append(
            Finding(severity=Severity.STOP, reason=Reason.METADATA_MISSING, detail=", ".join(ours.metadata_missing))
        )
    if breaks_five_days(window, settings):
        findings.append(Finding(severity=Severity.WARN, reason=Reason.FIVE_DAYS_BROKEN, detail=window.key))
    if not ours.month_closed and today > window.closed_by:
        findings.append(Finding(severity=Severity.WARN, reason=Reason.MONTH_NOT_CLOSED, detail=str(window.last_month)))
    return tuple(sorted(findings, key=lambda finding: finding.severity is not Severity.STOP))


def _lapses(
    until: date | None, window: Window, settings: SendingSettings, today: date, lapsed: Reason, lapses: Reason
) -> list[Finding]:
    if until is None:
        return []
    if until < window.last_day:
        return [Finding(severity=Severity.STOP, reason=lapsed, detail=until.isoformat())]
    if until < max(today, window.last_day) + timedelta(days=settings.warn_days):
        return [Finding(severity=Severity.WARN, reason=lapses, detail=until.isoformat())]
    return []
