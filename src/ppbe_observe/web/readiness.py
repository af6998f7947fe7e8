"""What /readyz tells. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ppbe_observe.model import Target
from ppbe_observe.telemetry.rendering import rfc3339


@dataclass(frozen=True, slots=True)
class Check:
    """Whether one exporter has succeeded recently on one target; ``reason`` says why not, or is empty."""

    exporter: str
    target: Target
    ready: bool
    reason: str = ""
    last_success: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """For the answer's body."""
        return {
            "exporter": self.exporter,
            "account_id": self.target.account_id,
            "region": self.target.region,
            "ready": self.ready,
            "reason": self.reason,
            "last_success": rfc3339(self.last_success.timestamp()) if self.last_success else None,
        }


@dataclass(frozen=True, slots=True)
class Readiness:
    """All checks together. Without a check nothing is known to work, so that it is not ready."""

    checks: tuple[Check, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether everything has succeeded recently."""
        return bool(self.checks) and all(check.ready for check in self.checks)

    @property
    def reason(self) -> str:
        """One sentence for people; empty where it is ready."""
        if not self.checks:
            return "no exporter has a target yet"
        waiting = sum(not check.ready for check in self.checks)
        return f"{waiting} of {len(self.checks)} exporters on targets have not succeeded recently" if waiting else ""

    def as_json(self) -> dict[str, Any]:
        """For the answer's body; what is not ready comes first."""
        ordered = sorted(self.checks, key=lambda check: check.ready)
        return {"ready": self.ready, "reason": self.reason, "checks": [check.as_json() for check in ordered]}
