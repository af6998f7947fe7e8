"""One look at one target for the checks: listings from its inventory, then the further questions. I/O, thread-safe."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from time import monotonic

from ppbe_observe.aws.deadline import within
from ppbe_observe.aws.gather.context import ClientSource, GatherContext
from ppbe_observe.aws.gather.questions import with_details
from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.aws.services import DETAILS, GATHERERS
from ppbe_observe.model import Observation

LISTING = 2 / 3
"""The share of the time in which all is listed: one listing that hangs leaves time to ask about what others found."""

Wanted = Mapping[str, AbstractSet[str]]
"""What the checks need: the kinds, each with the operations that tell more of it."""


def observe(session: ClientSource, inventory: Inventory, wanted: Wanted, now: datetime, deadline: float) -> Observation:
    """What is wanted of a target at ``now``, not later than the monotonic ``deadline``; never raises for AWS's sake."""
    listed = monotonic() + LISTING * (deadline - monotonic())
    found = inventory.found(tuple(wanted), now, listed)
    details = [each for each in DETAILS if each.operation in wanted.get(each.kind, ())]
    with within(deadline):
        kinds = with_details(GatherContext(session, deadline), found, details)
    return Observation(session.target, now, kinds)


def here(wanted: Wanted, *, home: bool) -> Wanted:
    """What is looked at on a target: what is not regional only on the first one of an account."""
    elsewhere = {kind for each in GATHERERS if each.once_per_account for kind in each.kinds}
    return wanted if home else {kind: asked for kind, asked in wanted.items() if kind not in elsewhere}
