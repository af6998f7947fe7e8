"""Service level objectives: declared in ``alerts/``, recorded and alerted on by burn rate. Pure."""

from ppbe_observe.alerting.slo.definition import Slo
from ppbe_observe.alerting.slo.groups import groups_of

__all__ = ["Slo", "groups_of"]
