"""How AWS is spoken to, as values."""

from dataclasses import dataclass

from ppbe_observe import __version__


@dataclass(frozen=True, slots=True)
class AwsOptions:
    """Times are in seconds; sizes in bytes.

    Attributes:
        connect_timeout: For a TCP connection.
        read_timeout: For silence on a connection.
        max_attempts: HTTP requests of one call, the first one included.
        max_answer: The longest answer that is read.
        connections: Connections to one host that are kept open: as many as threads that call at once.
        max_clients: boto3 clients kept; one takes 0.1 to 1.3 MB. The least recently used goes first.
        user_agent: Suffix of the User-Agent header: CloudTrail shows it.
    """

    connect_timeout: float = 3.0
    read_timeout: float = 10.0
    max_attempts: int = 4
    max_answer: int = 64 * 1024 * 1024
    connections: int = 32
    max_clients: int = 256
    user_agent: str = f"ppbe-observe/{__version__}"
