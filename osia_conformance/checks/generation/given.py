"""How a check is written: `requirement` ties a test to the register, `given` draws labelled data for it."""

from __future__ import annotations

import functools
import hashlib
import inspect
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.strategies import SearchStrategy

from osia_conformance.checks.generation.choices import Choices
from osia_conformance.checks.generation.corpus import Corpus
from osia_conformance.checks.generation.examples import Examples
from osia_conformance.checks.marks import EXAMPLES, STEPS, long
from osia_conformance.checks.offered import SESSION
from osia_conformance.checks.vendor_spec.spec import spec_of_run
from osia_conformance.target.session import Session


def derived_seed(seed: int, label: str) -> int:
    """Return the seed for one check: the same for the same run seed and check, whatever ran before."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{label}".encode()).digest()[:8], "big")


def hypothesis_settings(session: Session, *, times: float = 1, choices: Choices | None = None) -> hypothesis.settings:
    """Return how Hypothesis runs a check: the session's effort's examples, `times` over, or those of `choices`; no
    deadline."""
    logging.getLogger("hypothesis").setLevel(logging.ERROR)
    return hypothesis.settings(
        max_examples=max(1, round(EXAMPLES[session.effort] * times)),
        stateful_step_count=STEPS[session.effort],
        deadline=None,
        database=choices,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,) if choices is None else choices.phases,
        verbosity=hypothesis.Verbosity.quiet,
    )


Source = SearchStrategy[Any] | Callable[..., SearchStrategy[Any]]


def given(
    *, times: float = 1, alike: Sequence[str] = (), **sources: Source
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a check on generated data at the session's seed and effort, whose examples are meant `times` over.

    A source is a strategy, or a function that makes one from some of the check's own arguments; of its fixtures these
    may be `payloads`, `profile` and `specification`. A source that takes `spec` gives examples of the vendor's file
    after those of ours, if there is one. Operations that are `alike`, by their codes, get the same examples, because
    drawing them takes longer than sending them.

    Each example starts with clean evidence and ends with its enrollments deleted. An example that cannot be judged is
    passed over; if none could be, the check ends as cantTell. A failure is made smaller within the session's budget,
    and only the smallest is shown; in a run of what failed before, what was shown then comes first.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(function)
        parameters = {name: one for name, one in signature.parameters.items() if name not in sources}
        asks_session = SESSION in parameters
        parameters[SESSION] = inspect.Parameter(SESSION, inspect.Parameter.POSITIONAL_OR_KEYWORD)

        def corpora(session: Session, label: str, values: Mapping[str, Any]) -> list[Corpus]:
            chosen = hypothesis_settings(session, times=times)
            return [
                Corpus(
                    strategies={name: _strategy(source, given) for name, source in sources.items()},
                    settings=chosen,
                    label=name,
                    seed=derived_seed(session.seed, name),
                    key=(session.run.version, session.effort, session.profile.digest),
                )
                for name, given in _given(session, label, values, sources.values(), alike)
            ]

        @functools.wraps(function)
        def check(**values: Any) -> None:
            session: Session = values[SESSION] if asks_session else values.pop(SESSION)
            found = corpora(session, session.evidence.id, values)
            _run_examples(session, lambda **drawn: function(**values, **drawn), found)

        check.__signature__ = signature.replace(parameters=list(parameters.values()))  # type: ignore[attr-defined]
        check.corpora = corpora  # type: ignore[attr-defined]
        marked: Callable[..., None] = long(1)(check)
        return marked

    return decorate


def _strategy(source: Source, values: Mapping[str, Any]) -> SearchStrategy[Any]:
    if isinstance(source, SearchStrategy):
        return source
    return source(**{name: values[name] for name in inspect.signature(source).parameters})


def _given(
    session: Session, label: str, values: Mapping[str, Any], sources: Iterable[Source], alike: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the label and the values of each corpus: ours, and that of a vendor's file."""
    if values.get("operation") in alike:
        label = label.replace(values["operation"], alike[0])
    takers = [source for source in sources if not isinstance(source, SearchStrategy)]
    yield label, {**values, "spec": None}
    vendor_spec = spec_of_run(session.run)
    if vendor_spec is not None and any("spec" in inspect.signature(source).parameters for source in takers):
        yield f"{label}/{vendor_spec.sha256}", {**values, "spec": vendor_spec}


def _run_examples(session: Session, function: Callable[..., None], corpora: Sequence[Corpus]) -> None:
    examples = Examples(session)

    def one(**drawn: Any) -> None:
        examples.one(lambda: function(**drawn))

    for place, corpus in enumerate(corpora):
        _run_kept(session, examples, corpus, one)
        for number, drawn in enumerate(_drawn(session, corpus, ours=place == 0)):
            error = _failure(one, drawn)
            if error is not None:
                search = functools.partial(corpus.search, _beginning_with(drawn, number, error, examples, one))
                examples.make_smaller(search, functools.partial(one, **drawn), corpus.label, number)
    examples.end()


def _failure(one: Callable[..., None], drawn: Mapping[str, Any]) -> AssertionError | None:
    """Run an example and return what it raised, if it fails."""
    try:
        one(**drawn)
    except AssertionError as error:
        return error
    return None


def _run_kept(session: Session, examples: Examples, corpus: Corpus, one: Callable[..., None]) -> None:
    """Run the example of this corpus that failed in an earlier run, if its report keeps one."""
    kept = session.kept_examples.get(session.evidence.id)
    if kept is None or kept.source != corpus.label:
        return
    if kept.choices is not None:
        examples.replay(functools.partial(corpus.search, one), kept)
    elif kept.number is not None and kept.number < len(corpus.examples()):
        drawn = corpus.examples()[kept.number]
        examples.replay(lambda _: one(**drawn), kept)


def _beginning_with(
    failing: Mapping[str, Any], number: int, error: Exception, examples: Examples, one: Callable[..., None]
) -> Callable[..., None]:
    """Return what runs an example of a search, which sends nothing for those that are known: the `number`th is the
    `failing` one, and those before it passed."""
    known = itertools.count()

    def again(**drawn: Any) -> None:
        place = next(known)
        if place == number and drawn == failing:
            examples.repeated()
            raise error
        if place >= number:
            one(**drawn)

    return again


def _drawn(session: Session, corpus: Corpus, *, ours: bool) -> Sequence[Mapping[str, Any]]:
    """Return the examples of a corpus; a vendor's file from which none can be drawn is observed."""
    try:
        if session.example_source is not None:
            session.example_source.fill(corpus)
        return corpus.examples()
    except Exception as error:
        # What a file that is not ours makes of the libraries is no fault of the target's, nor of the suite's.
        if ours:
            raise
        words = f"nothing that fits both files could be drawn ({type(error).__name__})"
        session.target.observe("RUL-VENDOR-SPEC", words)
        return ()
