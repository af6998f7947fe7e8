"""An escalation on disk, as Alertmanager reads it."""

from pathlib import Path

from ppbe_observe.alerting.alertmanager import CONFIGURATION, OLDEST, TEMPLATES, rendered
from ppbe_observe.alerting.escalation import Escalation


def written(escalation: Escalation, directory: Path, version: tuple[int, int] = OLDEST) -> Path:
    """The configuration file, with the templates beside it."""
    found = rendered(escalation, version)
    (directory / TEMPLATES).write_text(found.templates)
    configuration = directory / CONFIGURATION
    configuration.write_text(found.configuration)
    return configuration
