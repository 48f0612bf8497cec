"""EARL as JSON-LD: read back as RDF, and held to our shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyshacl import validate
from rdflib import DCTERMS, RDF, XSD, Graph, Literal, Namespace, URIRef

from osia_conformance import reports
from osia_conformance.reports import earl
from osia_conformance.reports.results import arrange
from tests.unit.reports import journals

EARL = Namespace("http://www.w3.org/ns/earl#")
OSIA = Namespace("urn:osia-conformance:vocabulary:")
# rdflib's own reader of JSON-LD still uses what rdflib deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:.*(ConjunctiveGraph|Dataset).*:DeprecationWarning")

SHAPES = Path(earl.__file__).with_name("earl.shapes.ttl")


def read(path: Path) -> Graph:
    graph = Graph()
    graph.parse(data=path.read_text("utf-8"), format="json-ld")
    return graph


def faults(graph: Graph) -> str:
    fits, _, text = validate(graph, shacl_graph=Graph().parse(SHAPES, format="turtle"), inference="none")
    return "" if fits else str(text)


def written(scenario: tuple[dict[str, Any], list[dict[str, Any]]], directory: Path) -> Graph:
    results, records = scenario
    return read(earl.write(arrange(results), records, directory))


def outcome(graph: Graph, requirement: str) -> str:
    criterion = graph.value(predicate=DCTERMS.identifier, object=Literal(requirement))
    assertion = graph.value(predicate=EARL.test, object=criterion)
    result = graph.value(assertion, EARL.result)
    return str(graph.value(result, EARL.outcome)).removeprefix(str(EARL))


def test_every_kind_of_run_fits_the_shapes(tmp_path: Path) -> None:
    for scenario in journals.every(tmp_path):
        assert faults(written(scenario, tmp_path)) == ""


def test_every_requirement_has_one_assertion_with_its_outcome(tmp_path: Path) -> None:
    results, records = journals.failing()
    graph = written((results, records), tmp_path)
    assert len(set(graph.subjects(RDF.type, EARL.Assertion))) == len(results["requirements"])
    for entry in results["requirements"]:
        assert outcome(graph, entry["id"]) == entry["outcome"]
    assert {outcome(graph, entry["id"]) for entry in results["requirements"]} == set(journals.ORDER)


def test_the_product_is_the_subject_and_the_suite_the_assertor(tmp_path: Path) -> None:
    graph = written(journals.failing(), tmp_path)
    (subject,) = set(graph.objects(None, EARL.subject))
    assert (subject, RDF.type, EARL.TestSubject) in graph
    assert (subject, DCTERMS.title, Literal("Gateway")) in graph
    assert (subject, DCTERMS.hasVersion, Literal("4.2")) in graph
    assert (subject, DCTERMS.publisher, Literal("Example")) in graph
    (assertor,) = set(graph.objects(None, EARL.assertedBy))
    assert (assertor, DCTERMS.title, Literal("osia-conformance")) in graph
    assert (assertor, DCTERMS.hasVersion, Literal("0.1.0")) in graph
    assert set(graph.objects(None, EARL.mode)) == {EARL.automatic}


def test_a_criterion_names_its_clause_and_level(tmp_path: Path) -> None:
    graph = written(journals.failing(), tmp_path)
    criterion = URIRef("urn:osia-conformance:requirement:1.0.0:ENR-AUTH-09")
    clause = Literal("openapi.yaml, /paths/~1v1~1enrollments/post/responses/201")
    assert (criterion, DCTERMS.source, clause) in graph
    assert (criterion, OSIA.level, Literal("SHOULD")) in graph


def test_a_failure_says_what_was_expected_and_what_came(tmp_path: Path) -> None:
    graph = written(journals.failing(), tmp_path)
    words = "\n".join(str(text) for text in graph.objects(None, EARL.info))
    assert "id: test_patch\noutcome: failed" in words
    assert "expected: 204\nactual: 200" in words
    assert Literal("gw0.1") in set(graph.objects(None, OSIA.evidence))


def test_the_date_is_that_of_the_run(tmp_path: Path) -> None:
    graph = written(journals.conformant(), tmp_path)
    result = next(graph.subjects(RDF.type, EARL.TestResult))
    date = graph.value(result, DCTERMS.date)
    assert date is not None
    assert date == Literal("2026-01-02T03:09:00.000Z", datatype=XSD.dateTime)


def test_the_shapes_find_what_is_missing_or_wrong(tmp_path: Path) -> None:
    whole = written(journals.failing(), tmp_path)
    for predicate in (EARL.outcome, EARL.subject, EARL.assertedBy, EARL.test, DCTERMS.source, OSIA.verdict):
        graph = Graph() + whole
        graph.remove((next(graph.subjects(predicate, None)), predicate, None))
        assert f"Result Path: {predicate.n3(graph.namespace_manager)}" in faults(graph)
    graph = Graph() + whole
    result = next(graph.subjects(RDF.type, EARL.TestResult))
    graph.set((result, EARL.outcome, EARL.pass_))
    assert "outcome" in faults(graph)


def test_nothing_outside_the_file_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: Any, **__: Any) -> None:
        raise AssertionError("something was loaded from outside")

    monkeypatch.setattr("socket.socket.connect", no_network)
    assert len(written(journals.hostile(tmp_path), tmp_path)) > 0


def test_the_same_journal_gives_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one = reports.write_all(*journals.failing(), tmp_path, ("earl",))[-1]
    other = reports.write_all(*journals.failing(), tmp_path / "other", ("earl",))[-1]
    assert one.name == earl.FILE
    assert one.read_bytes() == other.read_bytes()
