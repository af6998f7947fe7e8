"""Units of what a panel shows, in Grafana's words. Pure.

Source: Grafana, ``packages/grafana-data/src/valueFormats/categories.ts``.
"""

from enum import StrEnum


class Unit(StrEnum):
    """How Grafana writes a number. A bare number has a unit, too: ``COUNT``."""

    COUNT = "short"
    PERCENT = "percent"
    RATIO = "percentunit"
    SECONDS = "s"
    MILLISECONDS = "ms"
    DURATION = "dtdurations"
    BYTES = "bytes"
    BYTES_PER_SECOND = "binBps"
    PER_SECOND = "cps"
    REQUESTS_PER_SECOND = "reqps"
    OPERATIONS_PER_SECOND = "iops"
    DAYS = "d"
    TIMESTAMP = "dateTimeAsIso"
    DOLLARS = "currencyUSD"
    TEXT = "string"
    BOOLEAN = "bool_yes_no"
