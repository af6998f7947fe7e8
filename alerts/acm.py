"""Certificates that are in use: when they expire, and whether anything renews them."""

from alerts._examples import example, resource
from exporters import acm
from ppbe_observe.alerting import MINUTE, PAGE, SECONDS, TICKET, Alert, Case, RuleGroup, Severity
from ppbe_observe.alerting.prometheus.examples import series_of

DAY_SECONDS = 86_400
NOT_AFTER = acm.EXPORTER.fact_name(acm.EXPORTER.facts[0])
INFO_SERIES = "aws_certificatemanager_info"
_ARN = "certificate/b17e73b0-c0a9-45ff-a144-1761c898b5dd"
CERTIFICATE = resource("acm", _ARN)
_USED = f'{INFO_SERIES}{{in_use="true"}}'
_IMPORTED = f'{INFO_SERIES}{{in_use="true",renewal_eligibility="INELIGIBLE"}}'


def expires(days: int, severity: Severity) -> Alert:
    """A certificate in use expires within some days."""
    return Alert(
        name=f"AcmCertificateExpiresIn{days}Days",
        expr=f"{NOT_AFTER} - time() < {days * DAY_SECONDS} and on (name) {_USED}",
        severity=severity,
        owner="sre",
        summary=f"A certificate in use expires within {days} days",
        description="{name} expires in {value}; browsers refuse the site afterwards.",
        reason="ACM renews 60 days before the end and warns from 45 days on (ACM user guide, 'Managed certificate "
        "renewal'): at 44 its renewal has failed for two weeks. 14 days are what an agency's certificate authority "
        "may take, 3 days a weekend.",
        unit=SECONDS,
        lasts=30 * MINUTE,
        runbook="AcmCertificateExpires",
        example=example(
            CERTIFICATE,
            {NOT_AFTER: days * DAY_SECONDS - 60, _USED: 0},
            {NOT_AFTER: (days + 7) * DAY_SECONDS, _USED: 0},
            days * DAY_SECONDS - 60 - 1800,
        ),
        cases=(
            Case(
                "keeps quiet about a certificate that nothing uses",
                {
                    series_of(NOT_AFTER, CERTIFICATE): "0x60",
                    series_of(INFO_SERIES, {**CERTIFICATE, "in_use": "false"}): "0x60",
                },
                60 * MINUTE,
            ),
        ),
    )


GROUP = RuleGroup(
    rules=(
        expires(44, TICKET),
        expires(14, TICKET),
        expires(3, PAGE),
        Alert(
            name="AcmCertificateNotRenewing",
            expr=f"{NOT_AFTER} - time() < {60 * DAY_SECONDS} and on (name) {_IMPORTED}",
            severity=TICKET,
            owner="sre",
            summary="A certificate expires that ACM does not renew",
            description="{name} expires in {value}, and ACM will not renew it: a new one must be imported.",
            reason="ACM renews neither imported certificates nor those whose validation it cannot repeat (ACM user "
            "guide, 'Managed certificate renewal'). 60 days before is when it would have begun.",
            unit=SECONDS,
            lasts=30 * MINUTE,
            runbook="AcmCertificateExpires",
            example=example(
                CERTIFICATE,
                {NOT_AFTER: 60 * DAY_SECONDS - 60, _IMPORTED: 0},
                {NOT_AFTER: 90 * DAY_SECONDS, _IMPORTED: 0},
                60 * DAY_SECONDS - 60 - 1800,
            ),
        ),
        Alert(
            name="AcmCertificateInvalid",
            expr=f'{INFO_SERIES}{{in_use="true",status=~"EXPIRED|FAILED|REVOKED|INACTIVE|VALIDATION_TIMED_OUT"}} == 0',
            severity=PAGE,
            owner="sre",
            summary="A certificate in use is not valid",
            description="{name} is in use and {status}.",
            reason="ACM API reference, CertificateDetail, Status. Described hourly, so the state lasts until the next "
            "look.",
            lasts=5 * MINUTE,
            runbook="AcmCertificateExpires",
            example=example(
                CERTIFICATE,
                {f'{INFO_SERIES}{{in_use="true",status="REVOKED"}}': 0},
                {f'{INFO_SERIES}{{in_use="true",status="ISSUED"}}': 0},
                0,
                result={**CERTIFICATE, "in_use": "true", "status": "REVOKED"},
            ),
        ),
    )
)
