"""An escalation as Alertmanager reads it: its configuration, and the templates beside it. Pure."""

from ppbe_observe.alerting.alertmanager.configuration import CONFIGURATION, Rendered, rendered
from ppbe_observe.alerting.alertmanager.templates import TEMPLATES
from ppbe_observe.alerting.alertmanager.versions import OLDEST, version

__all__ = ["CONFIGURATION", "OLDEST", "TEMPLATES", "Rendered", "rendered", "version"]
