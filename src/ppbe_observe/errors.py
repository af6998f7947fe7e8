"""The error tree: each message says what happened, to what, and what to do next."""

from ppbe_observe.model import Failure


class ObserveError(Exception):
    """Anything ppbe-observe raises on purpose; the command line prints it without a traceback."""


class SettingsError(ObserveError):
    """The settings are missing, malformed or contradictory."""


class DefinitionError(ObserveError):
    """A file of the estate root (exporters/, alerts/, dashboards/) is wrong; names file and line."""


class StateError(ObserveError):
    """The state database cannot be read or written."""


class NotYetError(ObserveError):
    """Nobody can tell before something has happened, which is under way; ask again."""


class ListenError(ObserveError):
    """The web server cannot listen, or its TLS or password file is unusable."""


class PeerError(ObserveError):
    """A neighbour (Prometheus) does not answer, or not as documented."""


class AwsError(ObserveError):
    """An AWS call failed for good; ``failure`` says why, in the words of the metrics."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class AlertmanagerError(ObserveError):
    """Alertmanager could not be asked; ``failure`` says why, in the words of the metrics."""

    def __init__(self, failure: Failure, what_to_do: str) -> None:
        super().__init__(f"{failure.operation}: {failure.detail}; {what_to_do}")
        self.failure = failure
