"""All that a dashboard asks, answered by Prometheus. I/O.

Invariant: a question that is refused is an answer, too, which its panel shows; a Prometheus that does not answer at all
is an error.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from ppbe_observe.errors import PeerError
from ppbe_observe.peers.prometheus import AT_ONCE, Prometheus, Result
from ppbe_observe.preview.addresses import Addresses, Other
from ppbe_observe.preview.page import Choice, Picture
from ppbe_observe.preview.questions.answers import Answer, Answers, Json, Question, Series
from ppbe_observe.preview.questions.asking import Scene, mark_question, marks_of, panels_of, questions_of
from ppbe_observe.preview.questions.filling import in_query
from ppbe_observe.preview.questions.span import SCRAPE, Span, built_in, span_of
from ppbe_observe.preview.questions.variables import Option, Variable, check_names, chosen_of, variables_of

Told = Callable[[int, int], None]
"""Told how many of how many questions are answered."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks for; what is empty is as the dashboard has it.

    Attributes:
        begin: From when, as a person writes it.
        end: Until when.
        chosen: Of variables, by their names.
    """

    begin: str = ""
    end: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Showing:
    """What previews are made with.

    Attributes:
        prometheus: Who is asked.
        others: The previews that there are, by the uid of their dashboard.
        asked: Whether their addresses take the time.
    """

    prometheus: Prometheus
    others: Mapping[str, Other] = field(default_factory=dict)
    asked: bool = False

    def picture(self, dashboard: Json, wanted: Wanted, now: float, told: Told | None = None) -> Picture:
        """A dashboard, with everything that it asks answered.

        Raises:
            PeerError: Prometheus does not answer.
            SettingsError: The time, or a choice, is none.
        """
        time = dashboard.get("time") or {}
        asked = (wanted.begin or time.get("from") or "now-6h", wanted.end or time.get("to") or "now")
        span = span_of(*asked, now)
        self.prometheus.query("vector(1)", span.end)
        choices = self._choices(dashboard, span, wanted.chosen)
        scene = Scene(span, {each.variable.name: each.chosen for each in choices})
        return Picture(
            dashboard=dashboard,
            addresses=Addresses(scene, self.others, self.asked),
            choices=choices,
            answers=self._answers(all_questions(dashboard, scene), told),
            drawn=now,
            source=self.prometheus.url,
            asked=asked,
        )

    def _choices(self, dashboard: Json, span: Span, wanted: Mapping[str, Sequence[str]]) -> tuple[Choice, ...]:
        """Each of what those before it leave."""
        variables = variables_of(dashboard)
        check_names(variables, wanted)
        choices: list[Choice] = []
        for each in variables:
            options = self._options(each, span, choices)
            choices.append(Choice(each, options, chosen_of(each, options, wanted.get(each.name, ()))))
        return tuple(choices)

    def _options(self, variable: Variable, span: Span, before: Iterable[Choice]) -> tuple[Option, ...]:
        if not variable.label:
            return variable.options(())
        chosen = {each.variable.name: each.chosen for each in before}
        known = built_in(span, SCRAPE, SCRAPE)
        series = None if variable.series is None else in_query(variable.series, chosen, known)
        return variable.options(self.prometheus.label_values(variable.label, series, span.start, span.end))

    def _answers(self, questions: Sequence[Question], told: Told | None) -> Answers:
        with ThreadPoolExecutor(AT_ONCE, "preview") as pool:
            asked = {pool.submit(self._answer, each): each for each in questions}
            for number, _ in enumerate(as_completed(asked), 1):
                if told:
                    told(number, len(questions))
            return {question: future.result() for future, question in asked.items()}

    def _answer(self, question: Question) -> Answer:
        try:
            if question.instant:
                found = self.prometheus.query(question.expr, question.end)
            else:
                found = self.prometheus.query_range(question.expr, question.start, question.end, question.step)
        except PeerError as error:
            return Answer(error=str(error))
        return Answer(tuple(map(_series, found)))


def all_questions(dashboard: Json, scene: Scene) -> tuple[Question, ...]:
    """Every question of a dashboard, once."""
    panels = (question for panel in panels_of(dashboard) for question in questions_of(panel, scene))
    marks = (mark_question(each, scene) for each in marks_of(dashboard))
    return tuple(dict.fromkeys((*panels, *marks)))


def _series(found: Result) -> Series:
    return Series(found.labels, found.points)
