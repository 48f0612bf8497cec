"""certificate.pdf: what stands in it, how long it is, and that nothing in a report is markup."""

from __future__ import annotations

import builtins
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from osia_conformance.reports import ReportError, check_formats, write_all
from osia_conformance.reports.certificate import ANNEXED, FILE, MissingPackage, document, write_certificate
from osia_conformance.reports.certificate.blocks import Causes
from osia_conformance.reports.certificate.printable import BREAK, line, sentence
from osia_conformance.reports.clauses import clause_words
from tests.harness.running import osia_here
from tests.unit.reports import journals, whole_runs

NINE = (
    *("Create Enrollment", "Read Enrollment", "Update Enrollment", "Partial Update Enrollment", "Delete Enrollment"),
    *("Finalize Enrollment", "Find Enrollments", "Send Buffer", "Get Buffer"),
)
MOST_PAGES = 15
KEY = "ab" * 32
MARKUP = '#eval("1+1") $x^2$ `raw` @ref <label> \\u{41} // note /* note */ *b* _i_ [x] #image("q.svg") = Heading'


def read(results: Any, records: Any, directory: Path, **options: Any) -> PdfReader:
    return PdfReader(io.BytesIO(write_certificate(results, records, directory, **options).read_bytes()))


def texts(reader: PdfReader) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in reader.pages]


def words(pages: list[str]) -> str:
    """Return the text of all pages on one line, without the places to break at."""
    return " ".join(" ".join(pages).replace(BREAK, "").split())


@pytest.fixture(scope="module")
def conformant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("conformant")


@pytest.fixture(scope="module")
def reader(conformant: Path) -> PdfReader:
    return read(*whole_runs.written(conformant, effort="thorough"), conformant, key=KEY)


@pytest.fixture(scope="module")
def pages(reader: PdfReader) -> list[str]:
    """The text of its pages."""
    return texts(reader)


def test_it_has_what_an_auditor_signs(pages: list[str]) -> None:
    text = words(pages)
    titles = (*NINE, "The whole", "Certificate of conformance", "Contents", "Signature", "Decision rule", "Glossary")
    for name in titles:
        assert name in text, name
    for name in ("ITU-T X.1281", "server", "Example Gateway 4.2", "RUL-DUPLICATE", "How to verify this document"):
        assert name in text, name
    assert text.count("End of the document for run") == 1


def test_every_page_says_what_it_belongs_to(pages: list[str], conformant: Path) -> None:
    for number, page in enumerate(pages, start=1):
        text = " ".join(page.split())
        assert f"Page {number} of {len(pages)}" in text
        for part in (whole_runs.journal_digest(conformant), KEY, "0b8e1f0e-0000-4000-8000-000000000001"):
            assert part in text
        assert "Relates only to the item tested" in text


def test_it_is_for_archives_and_for_readers_that_cannot_see(reader: PdfReader) -> None:
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode("utf-8")
    for part in ("<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "Certificate of conformance"):
        assert part in metadata
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/OutputIntents"]
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(root)
    kinds = [str(element.get("/S")) for element in elements(root["/StructTreeRoot"])]
    for kind in ("/H1", "/Table", "/TH", "/TD", "/Figure", "/L", "/TOC"):
        assert kind in kinds, kind
    figures = [element for element in elements(root["/StructTreeRoot"]) if element.get("/S") == "/Figure"]
    assert all("QR code" in str(figure.get("/Alt")) for figure in figures)


def test_its_fonts_are_in_it(reader: PdfReader) -> None:
    fonts = [font for page in reader.pages for font in fonts_of(page)]
    assert fonts
    for font in fonts:
        parts = [part.get_object() for part in font.get("/DescendantFonts", [font])]
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(part["/FontDescriptor"]) for part in parts)


def test_the_same_report_gives_the_same_bytes(conformant: Path, reader: PdfReader) -> None:
    first = (conformant / FILE).read_bytes()
    records = whole_runs.making.records_of(conformant)
    results = json.loads(json.dumps(whole_runs.derive(records, whole_runs.load_register(whole_runs.VERSION))))
    assert write_certificate(results, records, conformant, key=KEY).read_bytes() == first


@pytest.mark.parametrize("failing", [0, 4, 60])
@pytest.mark.parametrize("each", [0, 1, 2, 5], ids="findings-of-a-cause-{}".format)
def test_it_is_short(tmp_path: Path, failing: int, each: int) -> None:
    results, records = whole_runs.written(tmp_path, failing)
    results = whole_runs.with_causes(results, each) if each else results
    assert len(read(results, records, tmp_path).pages) <= MOST_PAGES


def test_findings_stand_under_their_causes_with_the_decisive_exchange(tmp_path: Path) -> None:
    results, records = whole_runs.written(tmp_path, 4)
    text = words(texts(read(whole_runs.with_causes(results), records, tmp_path)))
    for part in (
        "4 MUST requirements failed, about 1 cause",
        "Cause C1: Cause number 1",
        "Remedy for all: answer what is documented",
        "a refusal (4xx), and no change of the record",
        "GET /identity/v1/enrollments/1",
        '{"status": "IN_PROGRESS"}',
        "Report of a conformance test",
        "Not conformant",
    ):
        assert part in text, part


@pytest.mark.parametrize("each", [1, 2, 5])
def test_every_failed_requirement_is_named_where_there_are_many(tmp_path: Path, each: int) -> None:
    results, records = whole_runs.written(tmp_path, 60)
    made = document(whole_runs.with_causes(results, each), records, tmp_path)
    causes = next(block for section in made.sections for block in section.blocks if isinstance(block, Causes))
    shown = [finding.id for cause in causes.causes for finding in cause.findings]
    named = [*shown, *(name for cause in causes.causes for name in cause.also.split(", ") if name)]
    plain = {name.replace(BREAK, "") for name in named}
    assert plain == {entry["id"] for entry in results["requirements"] if entry["outcome"] == "failed"}


def test_the_decisive_exchange_is_the_one_that_is_named(tmp_path: Path) -> None:
    results, records = journals.failing()
    broken = next(one for one in results["requirements"] if one["outcome"] == "failed" and one["checks"])
    check = next(check for check in broken["checks"] if check["outcome"] == "failed")
    known = [record["id"] for record in records if record["kind"] == "exchange"]
    check["evidence"], check["decisive"] = known, known[0]
    assert f"({known[0]})" in words(texts(read(results, records, tmp_path)))


CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    "demonstration": ({"demonstration": True}, "DEMONSTRATION"),
    "selection": ({"selection": True, "verdict": "incomplete"}, "SELECTION"),
    "incomplete": ({"verdict": "incomplete"}, "INCOMPLETE"),
    "quick": ({"effort": "quick"}, "QUICK"),
    "plain http": ({"target": {"url": "http://10.0.0.1"}}, "PLAIN HTTP"),
    "not signed": ({}, "NOT SIGNED"),
}


@pytest.mark.parametrize("kind", CLAIMS)
def test_what_cannot_be_claimed_is_printed_across_the_page(tmp_path: Path, kind: str) -> None:
    changes, said = CLAIMS[kind]
    results, records = journals.conformant()
    cover, *others = texts(read({**results, **changes}, records, tmp_path))
    assert said in cover
    assert ("Conformant (demonstration)" in cover) is (kind == "demonstration")
    marked = kind != "not signed"
    assert all((said in page) is marked for page in others)
    assert ("Certificate of conformance" in cover) is (kind in ("plain http", "not signed"))


def test_who_reports_stands_on_the_cover(tmp_path: Path) -> None:
    results, records = journals.conformant()
    report = {"body": "A Laboratory", "address": "1 Street", "authorised-by": "A. Head", "customer": "A Ministry"}
    cover = read({**results, "report": report}, records, tmp_path).pages[0].extract_text()
    assert all(value in cover for value in report.values())


@pytest.mark.parametrize("name", ["waived", "failing", "cut_off"])
def test_any_kind_of_run_has_one(tmp_path: Path, name: str) -> None:
    results, records = getattr(journals, name)()
    assert len(read(results, records, tmp_path, exchanges=True).pages) < MOST_PAGES


def test_exchanges_are_an_annex_on_demand(tmp_path: Path) -> None:
    results, records = journals.failing()
    annex = "Annex: exchanges of what failed"
    assert annex not in words(texts(read(results, records, tmp_path)))
    *_, written = write_all(results, records, tmp_path, ["annex"])
    assert written == tmp_path / ANNEXED
    assert annex in words(texts(PdfReader(written)))


def test_of_an_answer_stands_what_differs(tmp_path: Path) -> None:
    results, records = journals.failing()
    exchange = next(one for one in records if one.get("id") == "gw0.1")
    exchange["response"] |= journals.body(b'{"first": "x", "status": "IN_PROGRESS", "last": "y"}')
    broken = next(one for one in results["requirements"] if one["id"] == "ENR-PATCH-03")
    check = next(check for check in broken["checks"] if check["outcome"] == "failed")
    check |= {"evidence": ["gw0.1"], "actual": 'the status is "IN_PROGRESS" instead of FINALIZED'}
    assert '(gw0.1) … "status": "IN_PROGRESS" …' in words(texts(read(results, records, tmp_path)))


def test_nothing_in_a_report_is_markup(tmp_path: Path) -> None:
    results, records = journals.hostile(tmp_path)
    results["product"] = {"name": MARKUP, "vendor": journals.HOSTILE}
    for entry in results["requirements"]:
        entry["title"] = entry["fix"] = MARKUP
    text = words(texts(read(results, records, tmp_path, exchanges=True)))
    assert MARKUP in text
    assert "<script>alert(1)</script>" in text


def test_letters_that_no_font_has_are_named_by_their_number() -> None:
    assert line("Identité Ünïcode Ελλάς Україна") == "Identité Ünïcode Ελλάς Україна"
    assert line("中") == "U+4E2D"
    assert line("a\x00b\u202e") == "a\\u0000b\\u202e"


def test_prose_is_cut_between_words() -> None:
    assert sentence("one two three", 13) == "one two three"
    assert sentence("one two three", 12) == "one two …"
    assert sentence("x" * 30, 9) == "x" * 8 + "…"


def test_spaces_that_make_the_difference_are_printed() -> None:
    assert sentence('"a  b"\ncame as "a b"') == '"a\u00a0 b" came as "a b"'


def test_long_words_may_be_broken_and_lose_nothing() -> None:
    word = "https://gateway.example.org/" + "x" * 100
    assert line(word).replace(BREAK, "") == word
    assert max(map(len, line(word).split(BREAK))) <= 28
    assert BREAK not in line("ENR-INTEGRITY-ENROLLMENT-01")


@pytest.mark.parametrize(
    ("clause", "place", "said"),
    [
        ("openapi.yaml#/paths/~1v1~1things~1{id}/get/responses/404", "", "GET /v1/things/{id}: responses/404"),
        ("openapi.yaml#/paths/~1v1~1things~1{id}/get/responses/404", "GET /v1/things/{id}", "responses/404"),
        ("enrollment.yaml#/paths/~1v1~1things/post", "", "POST /v1/things"),
        ("openapi.yaml#/components/schemas/Error (type); prose: x", "", "schema Error (type); prose: x"),
        ("RFC 9110, 15.3.5", "", "RFC 9110, 15.3.5"),
    ],
)
def test_clauses_are_spelt_out(clause: str, place: str, said: str) -> None:
    assert clause_words(clause, place) == said


@pytest.fixture
def without_library(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def refusing(name: str, *arguments: Any, **named: Any) -> Any:
        if name in ("typst", "segno"):
            raise ImportError(name)
        return imported(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", refusing)


@pytest.mark.usefixtures("without_library")
def test_without_the_library_a_sentence_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(MissingPackage, match=re.escape("pip install 'osia-conformance[pdf]'")):
        check_formats(["pdf"])
    check_formats(["json", "html"])
    with pytest.raises(ReportError, match=FILE):
        write_all(*journals.conformant(), tmp_path, ["pdf"])
    for command in (["report", tmp_path], ["run", "--url", "http://127.0.0.1:1", "--interface-version", "1.0.0"]):
        ended = osia_here(*command, "--format", "pdf")
        assert ended.returncode == 64
        assert ended.stderr.count("\n") == 1
        assert "osia-conformance[pdf]" in ended.stderr


def elements(tree: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield every structure element below `tree`."""
    kids: Any = tree.get("/K", [])
    kids = kids.get_object() if isinstance(kids, IndirectObject) else kids
    for kid in kids if isinstance(kids, list) else [kids]:
        element = kid.get_object() if isinstance(kid, IndirectObject) else kid
        if isinstance(element, DictionaryObject):
            yield element
            yield from elements(element)


def fonts_of(page: Any) -> list[Any]:
    return [font.get_object() for font in page["/Resources"].get("/Font", {}).values()]
