"""Where a service of a region answers, by botocore's own rules and data.

FIPS endpoints and an endpoint of one's own exclude each other: botocore refuses the pair, so the endpoint of
one's own wins, as it is the more explicit wish.
"""

import difflib
import ipaddress
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.configprovider import ConfiguredEndpointProvider
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import Loader
from botocore.session import Session

from ppbe_observe.errors import SettingsError


def check_region(region: str, loader: Loader) -> None:
    """See that AWS has the region, by botocore's list.

    Raises:
        SettingsError: No such region; names the one that may have been meant.
    """
    known = set(_regions(loader))
    if region in known:
        return
    near = difflib.get_close_matches(region, sorted(known), n=1)
    hint = f"did you mean {near[0]}?" if near else "see the list of AWS regions"
    raise SettingsError(f"unknown region {region!r}: {hint} (a region newer than botocore needs a newer botocore)")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where requests go; ``custom`` where someone set it (``AWS_ENDPOINT_URL`` and its kind)."""

    url: str
    custom: bool

    @property
    def local(self) -> bool:
        """Whether it is an address or localhost, where no label can be put in front of the host."""
        host = urlsplit(self.url).hostname or ""
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return host == "localhost"
        return True


class Endpoints:
    """Endpoints, each worked out once however many targets ask. Thread-safe."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._rules: dict[str, EndpointProvider] = {}
        self._lock = threading.Lock()

    def of(self, session: Session, service: str, region: str, *, fips: bool) -> Endpoint:
        """The endpoint of a service that is told by region alone, such as CloudWatch.

        Raises:
            botocore.exceptions.BotoCoreError: The rules know no endpoint there.
        """
        if custom := custom_endpoint(session, service):
            return custom
        dual_stack = bool(session.get_config_variable("use_dualstack_endpoint"))
        fips = fips or bool(session.get_config_variable("use_fips_endpoint"))
        found = self._provider(service).resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual_stack)
        return Endpoint(found.url, custom=False)

    def _provider(self, service: str) -> EndpointProvider:
        with self._lock:
            if service not in self._rules:
                rules = self._loader.load_service_model(service, "endpoint-rule-set-1")
                self._rules[service] = EndpointProvider(rules, self._loader.load_data("partitions"))
            return self._rules[service]


def custom_endpoint(session: Session, service: str) -> Endpoint | None:
    """The endpoint set by the environment or the configuration file, if any.

    botocore marks the class that reads them as private but offers no other way to ask; the tests hold it.
    """
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return None
    provider = ConfiguredEndpointProvider(session.full_config, session.get_scoped_config(), service)
    found: Any = provider.provide()
    return Endpoint(str(found), custom=True) if found else None


def _regions(loader: Loader) -> Iterator[str]:
    for partition in loader.load_data("partitions")["partitions"]:
        for region in partition["regions"]:
            if not region.endswith("-global"):
                yield region
