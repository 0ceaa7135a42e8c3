"""The territory: what the data files say, and that a damaged file is refused."""

from __future__ import annotations

from collections import Counter
from datetime import date

import holidays as calendar
import pytest

from allocation.territory import (
    TerritoryDataError,
    boundaries,
    communes,
    companies,
    holidays,
    load,
    neighbours,
    postal_codes,
    sections,
)


def test_the_map_of_2025_has_252_walloon_9_german_speaking_and_19_brussels_communes() -> None:
    assert Counter(c.competence for c in communes().values()) == {"RW": 252, "DG": 9, "RBC": 19}


def test_eupen_is_outside_the_walloon_scheme_and_charleroi_inside() -> None:
    assert not communes()["63023"].is_in_walloon_scheme
    assert communes()["52011"].is_in_walloon_scheme


def test_names_follow_the_language_and_fall_back_on_french() -> None:
    liege = communes()["62063"]
    assert [liege.name(lang) for lang in ("fr", "nl", "de", "en")] == [
        "Liège", "Luik", "Lüttich", "Liège",
    ]  # fmt: skip
    assert communes()["52011"].name("nl") == "Charleroi"


def test_every_walloon_commune_is_served_and_no_other_is() -> None:
    assert all(bool(c.slsp_ids) == c.is_in_walloon_scheme for c in communes().values())


def test_la_sambrienne_serves_charleroi_and_gerpinnes() -> None:
    company = companies()["la-sambrienne"]
    assert (company.stock, company.communes) == (9500, ("52011", "52025"))


def test_the_fourteen_postal_codes_of_charleroi_are_those_of_its_fifteen_sections() -> None:
    of_charleroi = [s for s in sections().values() if s.nis5 == "52011"]
    assert len(of_charleroi) == 15
    assert {s.postal_code for s in of_charleroi} == set(communes()["52011"].postal_codes)


def test_postal_codes_and_communes_tell_the_same_story() -> None:
    both = {(code, nis5) for code, all_ in postal_codes().items() for nis5 in all_}
    assert both == {(code, c.nis5) for c in communes().values() for code in c.postal_codes}


def test_a_border_is_shared_both_ways() -> None:
    near = neighbours()
    assert {"52025", "52012", "52015"} <= set(near["52011"])
    assert all(a in near[b] for a, others in near.items() for b in others)
    # Comines-Warneton touches only Flanders and France, which are not on this map.
    assert [communes()[n].name_fr for n, others in near.items() if not others] == [
        "Comines-Warneton"
    ]


def test_every_commune_is_on_the_map_once() -> None:
    drawn = [f["properties"]["nis5"] for f in boundaries()["features"]]
    assert sorted(drawn) == sorted(communes())


def test_legal_holidays_agree_with_an_independent_calendar() -> None:
    ours = {h.holiday_on for h in holidays() if h.kind == "legal"}
    # The independent calendar also lists the Sundays of Easter and Pentecost.
    moving_sundays = {"Easter Sunday", "Pentecost"}
    listed = calendar.country_holidays("BE", years=range(2020, 2036), language="en_US")
    theirs = {day for day, name in listed.items() if name not in moving_sundays}
    assert ours == theirs
    assert date(2026, 9, 27) in {h.holiday_on for h in holidays() if h.kind == "community_fr"}


def _damage(monkeypatch: pytest.MonkeyPatch, *, old: str, new: str) -> None:
    whole = load.data_text
    monkeypatch.setattr(load, "data_text", lambda name: whole(name).replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("52011,Charleroi", "5211,Charleroi"),
        ("52011,Charleroi", "52012,Charleroi"),
        ("Charleroi,RW,206900", "Charleroi,XX,206900"),
        ("Charleroi,RW,206900", "Charleroi,RW,-5"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(
    monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    _damage(monkeypatch, old=old, new=new)
    with pytest.raises(TerritoryDataError, match=r"communes\.csv, line \d+"):
        load.communes.__wrapped__()


def test_companies_and_communes_must_agree_on_who_serves_whom(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _damage(monkeypatch, old="52011|52025", new="52011")
    with pytest.raises(TerritoryDataError, match="disagree"):
        load.companies.__wrapped__()
