"""Exit 0 where /healthz answers: the HEALTHCHECK of the image, which has no curl.

It asks where PPBE_OBSERVE__WEB__LISTEN says, on loopback. Where a web configuration file turns TLS on, a
connection that opens is taken for health, since the certificates are not known here; name that file in
PPBE_OBSERVE__WEB__CONFIG_FILE, not in the settings file, so that this is seen.
"""

import os
import socket
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT = 3.0  # seconds; under the HEALTHCHECK's own
ALIVE = {200, 401}  # 401: it runs, and wants a password that is not known here


def main() -> int:
    """The exit code: 0 healthy, 1 not."""
    listen = os.environ.get("PPBE_OBSERVE__WEB__LISTEN") or "127.0.0.1:9106"
    host, _, port = listen.rpartition(":")
    address = (_reachable(host.strip("[]")), int(port))
    try:
        return _opens(address) if "PPBE_OBSERVE__WEB__CONFIG_FILE" in os.environ else _answers(address)
    except (OSError, HTTPException) as error:
        print(f"{listen}: {error}", file=sys.stderr)
        return 1


def _reachable(host: str) -> str:
    """The address on which a server that listens on ``host`` can be asked."""
    return {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - told, not chosen


def _opens(address: tuple[str, int]) -> int:
    with socket.create_connection(address, TIMEOUT):
        return 0


def _answers(address: tuple[str, int]) -> int:
    connection = HTTPConnection(*address, timeout=TIMEOUT)
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
    print(status)
    return 0 if status in ALIVE else 1


if __name__ == "__main__":
    sys.exit(main())
