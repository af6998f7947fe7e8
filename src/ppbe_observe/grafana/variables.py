"""What a person chooses at the top of a dashboard, and the filter that it is in every query. Pure.

Invariant: a variable with "All" chosen is ``.*``, which also matches what lacks the label.
"""

import re
from dataclasses import dataclass, field

from ppbe_observe.errors import DefinitionError
from ppbe_observe.place import place
from ppbe_observe.promql.expression import Expression, parsed

DATASOURCE = "datasource"
"""The variable that every dashboard has: which Prometheus it asks."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
LAST_PART = "/^(?<value>(?:.*:)?(?<text>[^:]+))$/"
"""Shows an ARN by its last part, and keeps all of it as the value."""


@dataclass(frozen=True, slots=True)
class Variable:
    """The values that a label has, to choose several of.

    Attributes:
        name: As queries name it: ``$account``.
        title: As people read it.
        series: A selector with what was chosen before in it: ``aws_rds_info{account_id=~"$account"}``.
        label: The label of these series.
        regex: Which part of a value is shown, in Grafana's notation; all of it where empty.
    """

    name: str
    title: str
    series: str
    label: str
    regex: str = ""
    place: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", self.place or place())
        if not _NAME.fullmatch(self.name) or self.name == DATASOURCE:
            raise DefinitionError(f"a variable is called {self.name!r}; give it a name of its own, like account")

    @property
    def parsed(self) -> Expression:
        """The selector, as PromQL."""
        return parsed(self.series)


_TITLES = {
    "account": ("Account", "account_id"),
    "region": ("Region", "region"),
    "environment": ("Environment", "tag_Environment"),
    "resource": ("Resource", "name"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a dashboard is about: the variables of a series' labels, and the filter that they are.

    ``Scope("aws_rds_info")`` has account, region, environment and resource; ``SCOPE("aws_rds_cpuutilization_average")``
    is that metric filtered by them. Leave out the variables whose label the metrics do not have:
    ``Scope("ppbe_observe_collect_success", ("account", "region"))``.

    Attributes:
        series: The metric whose labels fill the variables.
        names: Which of account, region, environment and resource there are.
    """

    series: str
    names: tuple[str, ...] = ("account", "region", "environment", "resource")

    def __post_init__(self) -> None:
        if unknown := [each for each in self.names if each not in _TITLES]:
            raise DefinitionError(f"a scope has {', '.join(_TITLES)}, not {', '.join(unknown)}")

    def __call__(self, metric: str, *matchers: str) -> str:
        """The metric, filtered by all that is chosen, and by further matchers (``state="alarm"``)."""
        return f"{metric}{{{','.join((*self._chosen(len(self.names)), *matchers))}}}"

    def only(self, *names: str) -> "Scope":
        """The filter for metrics that lack some of the labels: these variables alone."""
        return Scope(self.series, tuple(each for each in self.names if each in names))

    def joined(self, metric: str, *matchers: str) -> str:
        """A metric that has no tags, such as a fact, for the resources of the environments that are chosen."""
        untagged = Scope(self.series, tuple(each for each in self.names if each != "environment"))
        return f"({untagged(metric, *matchers)} and on (name) {self(self.series)})"

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables, each of what those before it leave."""
        return tuple(self._variable(number, name) for number, name in enumerate(self.names))

    def _variable(self, number: int, name: str) -> Variable:
        title, label = _TITLES[name]
        within = ",".join(self._chosen(number))
        series = f"{self.series}{{{within}}}" if within else self.series
        return Variable(name, title, series, label, LAST_PART if name == "resource" else "")

    def _chosen(self, many: int) -> tuple[str, ...]:
        return tuple(f'{_TITLES[name][1]}=~"${name}"' for name in self.names[:many])
