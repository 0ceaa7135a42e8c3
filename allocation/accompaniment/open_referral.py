"""
The directory in the Open Referral form (HSDS 3.x), out and in.

Out: a page of services, each with its organisation, as the API of the specification lists them.
In: what we keep is read, what we have no place for is named, nothing is guessed.

Source
------
Human Services Data Specification 3.2, schemas ``service``, ``organization``, ``service_area``,
``schedule``, ``language``, ``phone``, ``contact``, ``attribute``, ``taxonomy_term``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from allocation.accompaniment.directory import Opening, ServiceEntry
from allocation.errors import HousingError

TAXONOMY = "urn:passerelle:service"
COMMUNE = "urn:be:nis5:"
STATUSES = ("active", "inactive", "defunct", "temporarily closed")
_TEXTS = {
    "name": "name",
    "description": "description",
    "status": "status",
    "public": "eligibility_description",
    "how_to_apply": "application_process",
    "fees": "fees_description",
    "email": "email",
    "url": "url",
}
_LISTS = ("kind", "mode", "intensity")
_READ = {
    *_TEXTS.values(), "id", "organization", "organization_id", "assured_date", "service_areas",
    "schedules", "languages", "phones", "contacts", "attributes",
}  # fmt: skip


class OpenReferralError(HousingError):
    """
    Not a service of the form; nothing is taken in.

    ``open_referral.not_a_service``: ``where`` and ``what`` say which member is missing or wrong.
    """

    code: ClassVar[str] = "open_referral.not_a_service"


@dataclass(frozen=True)
class Received:
    """Services read from the form, and members of it that have no place here, by service."""

    services: tuple[ServiceEntry, ...]
    not_kept: tuple[tuple[str, str], ...]


def uuid_of(text: str) -> str:
    """The same text, the same identifier: identifiers of the form are UUIDs."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, f"urn:passerelle:{text}"))


def exported(entries: Sequence[ServiceEntry]) -> dict[str, Any]:
    """The one page that holds every service, in the order given."""
    contents = [_service(entry) for entry in entries]
    return {
        "total_items": len(contents),
        "total_pages": 1,
        "page_number": 1,
        "size": len(contents),
        "first_page": True,
        "last_page": True,
        "empty": not contents,
        "contents": contents,
    }


def received(page: Mapping[str, Any]) -> Received:
    """
    Read a page of services, or the list of a page.

    Raises
    ------
    OpenReferralError
        ``open_referral.not_a_service``.
    """
    contents = page.get("contents")
    if not isinstance(contents, list):
        raise OpenReferralError("No list.", where="/contents", what="contents")
    services, not_kept = [], []
    for place, one in enumerate(contents):
        entry = _entry(one, f"/contents/{place}")
        services.append(entry)
        not_kept += [(entry.service_id, name) for name in sorted(set(one) - _READ)]
    return Received(tuple(services), tuple(not_kept))


def _service(entry: ServiceEntry) -> dict[str, Any]:
    own = uuid_of(entry.service_id)
    provider = uuid_of(entry.provider_id)
    found: dict[str, Any] = {"id": own, "organization_id": provider}
    found |= {theirs: getattr(entry, ours) for ours, theirs in _TEXTS.items()}
    found = {name: value for name, value in found.items() if value != ""}
    if entry.checked_on is not None:
        found["assured_date"] = entry.checked_on.isoformat()
    found["organization"] = {
        "id": provider,
        "name": entry.provider_name,
        "description": entry.provider_description,
    }
    listed = {
        "phones": [{"id": uuid_of(f"{own}/phone"), "number": entry.phone, "type": "voice"}]
        if entry.phone
        else [],
        "contacts": [{"id": uuid_of(f"{own}/contact"), "title": entry.contact_function}]
        if entry.contact_function
        else [],
        "languages": [
            {"id": uuid_of(f"{own}/language/{code}"), "code": code} for code in entry.languages
        ],
        "service_areas": [
            {"id": uuid_of(f"{own}/area/{nis5}"), "uri": COMMUNE + nis5, "extent_type": "text"}
            for nis5 in entry.communes
        ],
        "schedules": [_schedule(own, n, one) for n, one in enumerate(entry.openings)],
        "attributes": list(_attributes(entry, own)),
    }
    return found | {name: value for name, value in listed.items() if value}


def _schedule(own: str, number: int, opening: Opening) -> dict[str, Any]:
    return {
        "id": uuid_of(f"{own}/schedule/{number}"),
        "service_id": own,
        "freq": "WEEKLY",
        "byday": ",".join(opening.days),
        "opens_at": opening.opens_at,
        "closes_at": opening.closes_at,
    }


def _attributes(entry: ServiceEntry, own: str) -> Iterator[dict[str, Any]]:
    values = [("kind", code) for code in entry.kinds]
    values += [("mode", code) for code in entry.modes]
    values += [("intensity", code) for code in entry.intensities]
    if entry.available_from is not None:
        values.append(("available_from", entry.available_from.isoformat()))
    if entry.wait_days is not None:
        values.append(("wait_days", str(entry.wait_days)))
    for link_type, value in values:
        term = f"{link_type}/{value}"
        yield {
            "id": uuid_of(f"{own}/attribute/{term}"),
            "link_id": own,
            "link_entity": "service",
            "link_type": link_type,
            "value": value,
            "taxonomy_term": {
                "id": uuid_of(f"{TAXONOMY}/{term}"),
                "code": value,
                "name": value,
                "description": f"{link_type}: {value}",
                "taxonomy": TAXONOMY,
            },
        }


def _entry(one: Any, where: str) -> ServiceEntry:
    if not isinstance(one, dict):
        raise OpenReferralError("Not an object.", where=where, what="service")
    provider = one.get("organization")
    if not isinstance(provider, dict):
        raise OpenReferralError("No organisation.", where=where, what="organization")
    texts = {ours: _text(one, theirs, where) for ours, theirs in _TEXTS.items()}
    if texts["status"] not in STATUSES:
        raise OpenReferralError("Unknown status.", where=where, what="status")
    ours = {kind: tuple(_values(one, kind, where)) for kind in _LISTS}
    return ServiceEntry(
        service_id=_needed(one, "id", where),
        provider_id=_needed(provider, "id", f"{where}/organization"),
        provider_name=_needed(provider, "name", f"{where}/organization"),
        provider_description=_text(provider, "description", f"{where}/organization"),
        kinds=ours["kind"],
        modes=ours["mode"],
        intensities=ours["intensity"],
        communes=tuple(_communes(one, where)),
        languages=tuple(_each(one, "languages", "code", where)),
        phone=next(_each(one, "phones", "number", where), ""),
        contact_function=next(_each(one, "contacts", "title", where), ""),
        openings=tuple(_openings(one, where)),
        available_from=_day(next(_values(one, "available_from", where), ""), where),
        wait_days=_whole(next(_values(one, "wait_days", where), ""), where),
        checked_on=_day(_text(one, "assured_date", where), where),
        **(texts | {"name": _needed(one, "name", where)}),
    )


def _text(one: Mapping[str, Any], name: str, where: str) -> str:
    value = one.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise OpenReferralError("Not a text.", where=where, what=name)
    return value


def _needed(one: Mapping[str, Any], name: str, where: str) -> str:
    value = _text(one, name, where)
    if not value:
        raise OpenReferralError("Missing.", where=where, what=name)
    return value


def _objects(one: Mapping[str, Any], name: str, where: str) -> Iterator[Mapping[str, Any]]:
    found = one.get(name) or []
    if not isinstance(found, list) or not all(isinstance(part, dict) for part in found):
        raise OpenReferralError("Not a list of objects.", where=where, what=name)
    yield from found


def _each(one: Mapping[str, Any], name: str, member: str, where: str) -> Iterator[str]:
    for part in _objects(one, name, where):
        if value := _text(part, member, f"{where}/{name}"):
            yield value


def _values(one: Mapping[str, Any], link_type: str, where: str) -> Iterator[str]:
    for part in _objects(one, "attributes", where):
        if part.get("link_type") == link_type:
            term = part.get("taxonomy_term")
            is_ours = isinstance(term, dict) and term.get("taxonomy") == TAXONOMY
            if is_ours and (value := _text(part, "value", f"{where}/attributes")):
                yield value


def _communes(one: Mapping[str, Any], where: str) -> Iterator[str]:
    for uri in _each(one, "service_areas", "uri", where):
        if uri.startswith(COMMUNE):
            yield uri.removeprefix(COMMUNE)


def _openings(one: Mapping[str, Any], where: str) -> Iterator[Opening]:
    for part in _objects(one, "schedules", where):
        days, opens = (_text(part, n, f"{where}/schedules") for n in ("byday", "opens_at"))
        closes = _text(part, "closes_at", f"{where}/schedules")
        if part.get("freq") == "WEEKLY" and days and opens and closes:
            yield Opening(tuple(days.split(",")), opens[:5], closes[:5])


def _day(text: str, where: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as fault:
        raise OpenReferralError("Not a day.", where=where, what="date") from fault


def _whole(text: str, where: str) -> int | None:
    if text and not text.isdecimal():
        raise OpenReferralError("Not a whole number.", where=where, what="wait_days")
    return int(text) if text else None
