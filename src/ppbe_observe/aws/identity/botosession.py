"""botocore sessions that share what is costly and differ only in whose credentials they use."""

import copy
import os
from typing import Any, cast

from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.loaders import Loader
from botocore.session import Session

from ppbe_observe.aws.endpoints import custom_endpoint
from ppbe_observe.aws.identity.credentials import LiveCredentials
from ppbe_observe.aws.options import AwsOptions
from ppbe_observe.model import Target


class BotoSession(Session):
    """A botocore session that can act as someone else at the cost of a shallow copy."""

    live: LiveCredentials | None = None

    def acting_as(self, credentials: LiveCredentials) -> "BotoSession":
        """The same session with other credentials: loader, event hooks and configuration stay shared."""
        other = copy.copy(self)
        other.live = credentials
        return other

    def get_credentials(self, **kwargs: Any) -> Credentials:
        """The credentials that clients of this session sign with."""
        if self.live is not None:
            return cast("Credentials", self.live)  # has all of Credentials that botocore uses
        return cast("Credentials", super().get_credentials(**kwargs))

    @property
    def authorities(self) -> str | None:
        """The file of certificate authorities that botocore would use; None where it uses its own."""
        return self.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE") or None


def new_session(profile: str | None, loader: Loader) -> BotoSession:
    """A session that reads the configuration files and the environment anew."""
    session = BotoSession(profile=profile)
    session.register_component("data_loader", loader)
    return session


def new_client(session: BotoSession, service: str, target: Target, options: AwsOptions) -> BaseClient:
    """A client of a service in the target's region. Not thread-safe: botocore's sessions are not.

    Raises:
        botocore.exceptions.BotoCoreError: No such service, profile or endpoint.
    """
    return session.create_client(service, region_name=target.region, config=_config(session, service, target, options))


def _config(session: BotoSession, service: str, target: Target, options: AwsOptions) -> Config:
    custom = custom_endpoint(session, service)
    more: dict[str, Any] = {}
    if custom and custom.local:
        more["inject_host_prefix"] = False  # no name can be put in front of an address
    if custom:
        more["use_fips_endpoint"] = False
    elif target.fips:
        more["use_fips_endpoint"] = True
    return Config(
        retries={"mode": "standard", "total_max_attempts": options.max_attempts},
        connect_timeout=options.connect_timeout,
        read_timeout=options.read_timeout,
        user_agent_extra=options.user_agent,
        **more,
    )
