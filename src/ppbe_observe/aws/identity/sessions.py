"""Who we are in each target, and the boto3 clients that act as it.

A thousand targets share one loader of botocore's data, one botocore session per profile, one pool of
connections and a bounded number of clients. Nothing here retries: botocore does, in standard mode.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from botocore.client import BaseClient
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader

from ppbe_observe.aws.calls import CallObserver, Calls, ignore
from ppbe_observe.aws.endpoints import Endpoint, Endpoints, check_region, custom_endpoint
from ppbe_observe.aws.failures import failure_of
from ppbe_observe.aws.http import HttpPool
from ppbe_observe.aws.identity.botosession import BotoSession, new_client, new_session
from ppbe_observe.aws.identity.credentials import LiveCredentials, of_role
from ppbe_observe.aws.identity.hooks import Hooks, iam_name, install, keep_host
from ppbe_observe.aws.identity.models import DeclaredOperations
from ppbe_observe.aws.identity.roles import RoleAssumption
from ppbe_observe.aws.limits import RateLimiter
from ppbe_observe.aws.options import AwsOptions
from ppbe_observe.aws.services import declared
from ppbe_observe.clock import utc_now
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Target

_IDENTITY = "sts:GetCallerIdentity"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who AWS says we are."""

    account_id: str
    arn: str
    partition: str


class Sessions:
    """Hands out one TargetSession per target. Thread-safe.

    Args:
        options: Timeouts, attempts and bounds.
        limiter: Asked before each request.
        observe: Told of each call.
        clock: Stamps the calls.
        also: Operations that may be called beside the declared ones, by service: those of commands that write.
    """

    def __init__(
        self,
        options: AwsOptions,
        limiter: RateLimiter,
        observe: CallObserver = ignore,
        clock: Callable[[], datetime] = utc_now,
        also: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        self.options = options
        self.limiter = limiter
        self.calls = Calls(observe, clock)
        self.http = HttpPool(options.connect_timeout, options.read_timeout, options.max_answer, options.connections)
        operations = {service: known | also.get(service, frozenset()) for service, known in declared().items()}
        self._loader = DeclaredOperations(os.environ.get("AWS_DATA_PATH"), operations)
        self._endpoints = Endpoints(self._loader)
        self._targets: dict[Target, TargetSession] = {}
        self._own: dict[str | None, BotoSession] = {}
        self._sources: dict[str | None, LiveCredentials] = {}
        self._sts: dict[tuple[str | None, str, bool], BaseClient] = {}
        self._clients: OrderedDict[tuple[Target, str], BaseClient] = OrderedDict()
        self._lock = threading.RLock()  # botocore makes neither sessions nor clients in two threads at once

    def of(self, target: Target) -> "TargetSession":
        """The session of a target: always the same one."""
        with self._lock:
            if target not in self._targets:
                self._targets[target] = TargetSession(target, self, self._credentials(target))
            return self._targets[target]

    def close(self) -> None:
        """Close the kept connections."""
        self.http.close()

    def client(self, session: "TargetSession", service: str) -> Any:
        """A client that acts as the target; made anew where it was not used for long."""
        key = session.target, service
        with self._lock:
            client = self._clients.get(key) or self._new_client(session, service)
            self._clients[key] = client
            self._clients.move_to_end(key)
            while len(self._clients) > self.options.max_clients:
                self._clients.popitem(last=False)
            return client

    def endpoint(self, target: Target, service: str) -> Endpoint:
        """Where a service of the target's region answers."""
        with self._lock:
            return self._endpoints.of(self.own(target.profile), service, target.region, fips=target.fips)

    def check_region(self, region: str) -> None:
        """See that AWS has the region.

        Raises:
            SettingsError: No such region; names the one that may have been meant.
        """
        check_region(region, self._loader)

    def own(self, profile: str | None) -> BotoSession:
        """The botocore session of a profile, before any role of a target."""
        with self._lock:
            if profile not in self._own:
                self._own[profile] = new_session(profile, self._loader).acting_as(self._source(profile))
            return self._own[profile]

    def _source(self, profile: str | None) -> LiveCredentials:
        if profile not in self._sources:
            look_up = partial(_look_up, profile, self._loader)
            self._sources[profile] = LiveCredentials(look_up, "profile")
        return self._sources[profile]

    def _credentials(self, target: Target) -> LiveCredentials:
        source = self._source(target.profile)
        if target.role is None:
            return source
        sts = partial(self._sts_client, target)
        return of_role(RoleAssumption(sts, source, target.role, target, self.limiter, self.calls))

    def _sts_client(self, target: Target) -> BaseClient:
        key = target.profile, target.region, target.fips
        with self._lock:
            if key not in self._sts:
                client = new_client(self.own(target.profile), "sts", target, self.options)
                hooks = self._hooks(target, client, self._source(target.profile))
                client.meta.events.register("before-send.sts", hooks.send)
                self._sts[key] = client
            return self._sts[key]

    def _new_client(self, session: "TargetSession", service: str) -> BaseClient:
        own = self.own(session.target.profile)
        client = new_client(own.acting_as(session.credentials()), service, session.target, self.options)
        install(client, self._hooks(session.target, client, session.credentials()))
        custom = custom_endpoint(own, service)
        if service == "s3control" and custom and custom.local:
            keep_host(client, custom)
        return client

    def _hooks(self, target: Target, client: BaseClient, credentials: LiveCredentials) -> Hooks:
        return Hooks(
            target=target,
            iam_name=iam_name(client),
            calls=self.calls,
            limiter=self.limiter,
            http=self.http,
            authorities=self.own(target.profile).authorities,
            credentials=credentials,
        )


class TargetSession:
    """Acts as one target. Thread-safe.

    Attributes:
        target: Whom it acts as.
        sessions: What it shares with the other targets.
        clock_skew: Seconds that AWS's clock is ahead of ours, where it has complained; else 0.
    """

    def __init__(self, target: Target, sessions: Sessions, credentials: LiveCredentials) -> None:
        self.target = target
        self.clock_skew = 0.0
        self.sessions = sessions
        self._credentials = credentials
        self._identity: Identity | None = None

    def client(self, service: str) -> Any:
        """A boto3 client of a service (``rds``). Ask again rather than keep it.

        Its calls raise botocore's exceptions, or AwsError where the role is refused or the deadline has
        passed; ``failure_of`` understands all of them.

        Raises:
            botocore.exceptions.BotoCoreError: No such service, profile or endpoint.
        """
        return self.sessions.client(self, service)

    def credentials(self) -> LiveCredentials:
        """The credentials, which renew themselves."""
        return self._credentials

    @property
    def expires_at(self) -> datetime | None:
        """When the credentials in use end; None where they do not, or were not needed yet."""
        return self._credentials.expires_at

    def identity(self) -> Identity:
        """Who AWS says we are; asked once.

        Raises:
            AwsError: STS cannot be asked, or the credentials are no good.
        """
        if self._identity is None:
            try:
                answer = self.client("sts").get_caller_identity()
                self._identity = Identity(answer["Account"], answer["Arn"], answer["Arn"].split(":")[1])
            except (BotoCoreError, ClientError, LookupError) as error:
                raise AwsError(failure_of(error, _IDENTITY)) from error
        return self._identity


def _look_up(profile: str | None, loader: Loader) -> Credentials | None:
    """What the environment, the files or the machine's role give now: keys on disk may have been rotated."""
    return new_session(profile, loader).get_credentials()
