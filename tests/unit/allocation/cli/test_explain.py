"""Why, why not and what if, by the command line: for whom, in which words, what stays hidden."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from allocation.documents import read_proposal
from allocation.documents.explanation import Explainer
from allocation.exchange import write_folder
from allocation.model.continuation import Continuation
from allocation.rules import load_rulebook
from allocation.wording import catalogue
from api.cli import run
from scenarios.synthetic import synthesise

APPLICATION = re.compile(r"\bA\d{6}\b")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A proposal of a small synthetic register, in its folder."""
    folder = tmp_path_factory.mktemp("explained")
    register = synthesise(17, slsp_id="la-sambrienne", households=250, vacancies=8)
    write_folder(register, folder / "register")
    out = folder / "session"
    assert run(["propose", "--register", str(folder / "register"), "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def proposal(session: Path) -> dict[str, Any]:
    return dict(json.loads((session / "proposal.json").read_bytes()))


@pytest.fixture(scope="module")
def three(proposal: dict[str, Any]) -> dict[str, str]:
    """A household of each kind: with a dwelling, overtaken, not ranked though its rank is known."""
    return {
        "served": next(d["application_id"] for d in proposal["dwellings"] if d["application_id"]),
        "unserved": next(
            u["application_id"] for u in proposal["unserved"] if u["reason"] == "outranked"
        ),
        "not_ranked": next(n["application_id"] for n in proposal["not_ranked"] if n["would_be"]),
    }


def said(capsys: pytest.CaptureFixture[str], *call: str) -> Any:
    capsys.readouterr()
    assert run(["explain", *call, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_each_kind_of_household_gets_the_three_answers(
    session: Path, three: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for decision, name in three.items():
        found = said(capsys, "--proposal", str(session), name)
        assert found["decision"] == decision
        titles = [section["title"] for section in found["sections"]]
        assert titles[0] == "Pourquoi"
        assert titles[-1] == "Et si"
        assert found["what_if"]
        together = [s for section in found["sections"] for s in section["sentences"]]
        assert found["sentences"] == together
        assert all(s.endswith(".") and (s[0].isupper() or s[0].isdigit()) for s in together)


def test_what_leaves_the_company_names_nobody_else(
    session: Path,
    three: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    without_annex = tmp_path / "session"
    without_annex.mkdir()
    shutil.copy(session / "proposal.json", without_annex)
    for call in (["--public", "--proposal", str(session)], ["--proposal", str(without_annex)]):
        for name in three.values():
            capsys.readouterr()
            assert run(["explain", *call, name]) == 0
            assert set(APPLICATION.findall(capsys.readouterr().out)) <= {name}
            found = said(capsys, *call, name)
            assert set(APPLICATION.findall(json.dumps(found))) <= {name}
        assert not APPLICATION.findall(json.dumps(said(capsys, *call, "--quotas")))


def test_who_is_served_ahead_is_told_by_lines_and_dates_nearest_first(
    session: Path, proposal: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    people = {h["application_id"]: h for h in proposal["households"]}
    home = {d["application_id"]: d["dwelling_id"] for d in proposal["dwellings"]}
    openings = json.loads((session / "annex.json").read_bytes())["openings"]
    opened = {o["opened"]["application_id"]: (name, o["opened"]) for name, o in openings.items()}
    told = 0
    for left in proposal["unserved"]:
        mine = people[left["application_id"]]
        before = [
            h
            for h in sorted(people.values(), key=lambda h: h["rank"])
            if h["rank"] < mine["rank"] and home.get(h["application_id"]) in mine["accepts"]
        ]
        if len(before) < 2 or told == 3:
            continue
        told += 1
        found = said(capsys, "--proposal", str(session), left["application_id"])
        assert [a["household"] for a in found["served_ahead"]] == [
            h["application_id"] for h in reversed(before)
        ]
        for ahead in found["served_ahead"]:
            stated, (pseudonym, file) = people[ahead["household"]], opened[ahead["household"]]
            for name in ("rank", "points", "order_date", "housing_points", "seniority_points"):
                assert ahead[name] == stated[name]
            assert ahead["dwelling_id"] == home[ahead["household"]]
            assert ahead["pseudonym"] == pseudonym
            if stated["tier"]:
                codes = {line["code"]: line["points"] for line in file["lines"]}
                found_codes = {n["code"]: n["points"] for n in ahead["lines"]}
                assert codes.items() <= found_codes.items()
                assert sum(found_codes.values()) == stated["points"]
            else:
                assert ahead["lines"] is None
            assert any(ahead["household"] in s for s in found["sentences"])
    assert told == 3


def test_outside_the_company_who_is_served_ahead_has_a_pseudonym_and_no_lines(
    session: Path, three: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    inside = said(capsys, "--proposal", str(session), three["unserved"])["served_ahead"]
    found = said(capsys, "--public", "--proposal", str(session), three["unserved"])
    assert inside
    assert any(ahead["lines"] for ahead in inside)
    for ahead, known in zip(found["served_ahead"], inside, strict=True):
        assert ahead["household"] == known["rank"]
        assert ahead["pseudonym"] == known["pseudonym"]
        assert ahead["lines"] is None
        assert ahead["points"] == known["points"]
    assert any(inside[0]["pseudonym"] in s for s in found["sentences"])


def test_a_certificate_that_cannot_be_read_is_refused_by_name(
    session: Path, three: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = tmp_path / "session"
    shutil.copytree(session, copied)
    for content in ("[]", "{", '{"households": [{"rank": "x"}]}'):
        (copied / "certificate.json").write_text(content)
        capsys.readouterr()
        assert run(["explain", "--proposal", str(copied), three["served"]]) == 2
        assert "certificate.json" in capsys.readouterr().err


def test_every_quota_has_its_effect_and_the_meeting_without_any_comes_last(
    session: Path, proposal: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    found = said(capsys, "--proposal", str(session), "--quotas")
    assert [q["quota_id"] for q in found["quotas"]] == [q["quota_id"] for q in proposal["quotas"]]
    for effects, line in zip(found["quotas"], proposal["quotas"], strict=True):
        ranks = {h["application_id"]: h["rank"] for h in proposal["households"]}
        gained = effects["absent"]["gained"]["households"]
        assert sorted(gained, key=ranks.__getitem__) == gained
        assert set(gained) == set(line["passed_over"])
        assert set(effects["absent"]["lost"]["households"]) == set(line["instead"])
    assert len(found["sections"]) == len(proposal["quotas"]) + 1
    assert set(found["without_all"]) == {"gained", "lost"}


@pytest.mark.parametrize("language", ["nl", "de", "en"])
def test_the_other_languages_answer_as_much(
    session: Path,
    three: dict[str, str],
    language: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in three.values():
        monkeypatch.setenv("PASSERELLE_LANG", "fr")
        french = said(capsys, "--proposal", str(session), name)
        monkeypatch.setenv("PASSERELLE_LANG", language)
        other = said(capsys, "--proposal", str(session), name)
        assert other["what_if"] == french["what_if"]
        assert len(other["sentences"]) == len(french["sentences"])
        assert other["sentences"] != french["sentences"]


def test_a_proposal_that_went_on_since_sends_back_to_the_one_of_the_meeting(
    session: Path, three: dict[str, str]
) -> None:
    held = read_proposal((session / "proposal.json").read_bytes())
    since = replace(held, continuation=Continuation("0" * 64, (), ()))
    explainer = Explainer(since, load_rulebook("wallonia"), catalogue("fr"), is_public=False)
    for name in three.values():
        found = explainer.explain(name)
        assert found is not None
        assert found.facts["what_if"] is None
        assert found.sections[-1].sentences == (catalogue("fr").text("what_if.since"),)
    assert explainer.quotas().facts == {}


def test_an_application_or_the_quotas_are_asked_not_both_nor_neither(
    session: Path, three: dict[str, str]
) -> None:
    assert run(["explain", "--proposal", str(session)]) == 2
    assert run(["explain", "--proposal", str(session), "--quotas", three["served"]]) == 2
