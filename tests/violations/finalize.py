"""Violations of finalizeEnrollment."""

from osia_reference.enrollments import Enrollments
from osia_reference.store import Record
from tests.harness.records import biographics
from tests.harness.variant import Violation


class LeavesItOpen(Enrollments):
    def finalize(self, enrollment_id: str) -> None:
        self.changeable(enrollment_id)


class CallsItClosed(Enrollments):
    def finalize(self, enrollment_id: str) -> None:
        record = {**self.changeable(enrollment_id), "status": "CLOSED"}
        self.store.replace(record, self.search.attributes(record))


class FinalizesOnlyWithImages(Enrollments):
    def finalize(self, enrollment_id: str) -> None:
        current = self.changeable(enrollment_id)
        if any("image" in each for each in current.get("biometricData", ())):
            self.keep(current, current, finalize=True)


class Changing(Enrollments):
    """Finalizes what `final` makes of the record."""

    def final(self, record: Record) -> Record:
        raise NotImplementedError

    def finalize(self, enrollment_id: str) -> None:
        current = self.changeable(enrollment_id)
        self.keep(current, self.final(current), finalize=True)


class DropsTheRequest(Changing):
    def final(self, record: Record) -> Record:
        return {name: value for name, value in record.items() if name not in ("requestData", "enrollmentFlags")}


class DropsTheBiometrics(Changing):
    def final(self, record: Record) -> Record:
        return {**record, "biometricData": []}


class KeepsTheFirstDocumentPage(Changing):
    def final(self, record: Record) -> Record:
        documents = record.get("documentData", [])
        parts = [[{**part, "pages": part.get("pages", [])[:1]} for part in each["parts"]] for each in documents]
        return {**record, "documentData": [{**e, "parts": p} for e, p in zip(documents, parts, strict=True)]}


class WritesNamesInCapitals(Changing):
    def final(self, record: Record) -> Record:
        names = biographics(record)
        large = {name: value.upper() for name, value in names.items() if isinstance(value, str)}
        return {**record, "biographicData": {**names, **large}} if names else record


class SetsAnotherType(Changing):
    def final(self, record: Record) -> Record:
        return {**record, "enrollmentType": "finalized"}


def loses_data(name: str, change: str, part: type[Changing]) -> Violation:
    return Violation(
        f"finalize-{name}",
        change,
        {"enrollments": part},
        expected=("ENR-FINALIZE-02",),
    )


VIOLATIONS = [
    Violation(
        "finalize-leaves-the-enrollment-open",
        "Finalizing answers 204 and leaves the enrollment IN_PROGRESS.",
        {"enrollments": LeavesItOpen},
        expected=("ENR-FINALIZE-01",),
    ),
    Violation(
        "finalize-calls-it-closed",
        "Finalizing sets a status that the interface does not have.",
        {"enrollments": CallsItClosed},
        expected=("ENR-FINALIZE-01",),
    ),
    Violation(
        "finalize-needs-images",
        "Finalizing an enrollment without images answers 204 and does nothing.",
        {"enrollments": FinalizesOnlyWithImages},
        expected=("ENR-FINALIZE-01",),
    ),
    loses_data("drops-the-request", "Finalizing drops requestData and enrollmentFlags.", DropsTheRequest),
    loses_data("drops-the-biometrics", "Finalizing empties biometricData.", DropsTheBiometrics),
    loses_data("keeps-one-page", "Finalizing keeps only the first page of each part.", KeepsTheFirstDocumentPage),
    loses_data("writes-capitals", "Finalizing writes names in capitals.", WritesNamesInCapitals),
    loses_data("sets-another-type", "Finalizing overwrites the enrollmentType.", SetsAnotherType),
]
