"""Report, minutes and workbook: whole, the same twice, readable without us, in four languages."""

import hashlib
import io
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from allocation.documents import write_all
from allocation.documents.minutes import minutes_html
from allocation.documents.report import report_html
from allocation.documents.rule_texts import RulebookTexts
from allocation.documents.view import ProposalView
from allocation.documents.viewing import view_of
from allocation.rules import load_rulebook
from allocation.wording import LANGUAGES, catalogue
from tests.proposals import SECRET, a_proposal, a_register, some_assessments

FILES = ("proposal.json", "proposal.xlsx", "report.html", "minutes.pdf", "support.json")
JUDGEMENTS = ("mérite", "méritant", "problématique", "mauvais", "risque", "profil", "assisté")


def a_view(lang: str = "fr") -> ProposalView:
    return view_of(
        a_proposal(),
        register=a_register(),
        assessments=some_assessments(),
        rulebook=load_rulebook("wallonia"),
        lang=lang,
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("documents"))


def write(folder: Path, lang: str = "fr") -> Path:
    names = write_all(
        a_proposal(),
        a_register(),
        assessments=some_assessments(),
        rulebook=load_rulebook("wallonia"),
        out_dir=folder,
        lang=lang,
    )
    assert names == FILES
    return folder


class Page(HTMLParser):
    """What matters of a page: tags with their attributes, in order, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def test_same_proposal_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    again = write(tmp_path)
    different = [n for n in FILES if (written / n).read_bytes() != (again / n).read_bytes()]
    assert not different


def test_report_loads_nothing_from_elsewhere(written: Path) -> None:
    html = (written / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    assert not page.of("script", "link", "iframe", "img", "object", "embed", "base")
    assert not re.findall(r"@import|url\((?!#)|javascript:", html)
    links = [a["href"] or "" for a in page.of("a")]
    assert links
    assert all(link.startswith("#") for link in links)
    # The only addresses are names of formats, which nothing fetches.
    assert set(re.findall(r"https?://[^\"'\s<]+", html)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_report_can_be_read_without_seeing_it(written: Path) -> None:
    page = Page((written / "report.html").read_text(encoding="utf-8"))
    names = [tag for tag, _ in page.tags]
    assert [names.count(n) for n in ("h1", "main", "header", "nav", "footer")] == [1] * 5
    assert all(a.get("scope") in ("col", "row") for a in page.of("th"))
    assert names.count("caption") == names.count("table")
    anchors = {a["id"] for _, a in page.tags if "id" in a}
    assert all((a["href"] or "")[1:] in anchors for a in page.of("a"))
    pictures = [a for a in page.of("div") if a.get("role") == "img"]
    assert len(pictures) == 2
    assert all(a["aria-label"] for a in pictures)
    assert all(a.get("aria-hidden") == "true" for a in page.of("svg"))


def test_headings_never_skip_a_level(written: Path) -> None:
    page = Page((written / "report.html").read_text(encoding="utf-8"))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_prints_everything(lang: str) -> None:
    view = a_view(lang)
    report, minutes = report_html(view), minutes_html(view)
    assert f'<html lang="{lang}">' in report
    assert f'<html lang="{lang}">' in minutes
    for dwelling in view.dwellings:
        assert dwelling.dwelling_id in report
        assert dwelling.dwelling_id in minutes
    # No key, code or placeholder may show through.
    text = Page(report).text.rpartition("}")[2] + Page(minutes).text.rpartition("}")[2]
    assert not re.findall(
        r"\{[a-z_]+\}|documents\.|reasons\.|\bNone\b|outranked|no_candidate", text
    )


def test_french_report_holds_no_word_of_another_language(written: Path) -> None:
    text = Page((written / "report.html").read_text(encoding="utf-8")).text.rpartition("}")[2]
    foreign = r"\b(the|and|household|dwelling|points list|huishouden|woning|Haushalt|und|van)\b"
    assert not re.findall(foreign, text)


def test_no_word_of_judgement(written: Path) -> None:
    text = Page((written / "report.html").read_text(encoding="utf-8")).text.lower()
    assert not [word for word in JUDGEMENTS if word in text]


def test_secret_is_in_no_document(written: Path) -> None:
    assert not [n for n in FILES if SECRET.encode() in (written / n).read_bytes()]


def test_report_answers_first() -> None:
    view = a_view()
    assert len(view.proposed), len(view.left) == (4, 3)
    assert view.decisions[0] == "3 logements restent sans ménage proposé."
    assert any("Minimum non atteint : 1 sur 2" in sentence for sentence in view.decisions)
    html = report_html(view)
    assert html.index('id="answer"') < html.index('id="proposed"') < html.index('id="quotas"')


def test_not_housed_is_told_apart_from_a_lower_choice() -> None:
    view = a_view()
    assert "1 ménage reçoit un choix moins bien classé" in " ".join(view.decisions)
    assert "2 ménages logés en procédant logement par logement ne le sont pas" in " ".join(
        view.decisions
    )
    assert [lower.is_housed for lower in view.lower_choices] == [True, False, False]
    assert report_html(view).count("<td>non logé par le calcul commun</td>") == 2


def test_points_to_confirm_are_all_listed() -> None:
    view = a_view()
    n = len(view.caveats) + len(view.assumed)
    assert any(sentence.startswith(f"{n} points à confirmer") for sentence in view.decisions)
    assert "une chambre chacun" in view.assumed[0]
    assert view.assumed[0].endswith("(question U13)")


def test_a_household_is_told_by_counts_and_ages_without_names() -> None:
    household = next(d.household for d in a_view().proposed if d.dwelling_id == "D4")
    assert household is not None
    assert household.facts.composition == "1 adulte (36 ans), 1 enfant (6 ans)"
    assert household.facts.due == "2 chambres dues"
    assert household.facts.income == "revenus de catégorie 1"
    assert household.facts.adapted == "logement adapté demandé"
    assert "Camille" not in report_html(a_view())


def test_choice_says_its_commune() -> None:
    assert [d.choice for d in a_view().proposed][-1] == "choix 1 : Charleroi"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_minutes_name_neither_health_nor_violence(lang: str) -> None:
    view, rules = a_view(lang), load_rulebook("wallonia").lines
    said = minutes_html(view)
    assert str(getattr(rules["P_DISABLED"].label, lang)) in report_html(view)
    assert str(getattr(rules["P_DISABLED"].label, lang)) not in said
    assert catalogue(lang).text("reasons.channel.adapted") not in said
    assert "line 14" not in said
    assert catalogue(lang).text("reasons.points.in_file", article="17 §2") in said


def test_lines_that_tell_of_health_or_violence_are_known_by_their_facts() -> None:
    rules = RulebookTexts(load_rulebook("wallonia"))
    assert rules.is_sensitive("P_DISABLED")
    assert rules.is_sensitive("P_DOMESTIC_VIOLENCE")
    assert not rules.is_sensitive("H_HOMELESS")
    assert not rules.is_sensitive("SENIORITY")


def test_minutes_are_tied_to_the_proposal_they_print(written: Path) -> None:
    found = hashlib.sha256((written / "proposal.json").read_bytes()).hexdigest()
    assert found in minutes_html(a_view())


def test_minutes_say_who_a_refusal_would_serve() -> None:
    said = minutes_html(a_view())
    assert "En cas de refus\u00a0: A04 EXEMPLE-4 Alix, rang 4" in said
    assert said.count("En cas de refus\u00a0: aucun suivant.") == 2


def test_a_dwelling_off_the_list_says_its_regime_and_agreement() -> None:
    last = a_view().left[-1]
    assert "logement de transit" in last.empty
    assert "Relais fictif" in last.empty


def test_a_dwelling_named_by_an_agreement_rests_on_it() -> None:
    proposal = a_proposal()
    first = replace(proposal.dwellings[0], channel="agreement", agreement_id="G1")
    view = view_of(
        replace(proposal, dwellings=(first, *proposal.dwellings[1:])),
        register=a_register(),
        assessments=some_assessments(),
        rulebook=load_rulebook("wallonia"),
        lang="fr",
    )
    named = view.dwellings[0]
    assert named.channel == "logement désigné par une convention (Relais fictif)"
    assert named.legal_ground == "convention G1 avec Relais fictif ; base fictive (démonstration)"


def test_minutes_are_a_tagged_pdf_without_time(written: Path) -> None:
    content = (written / "minutes.pdf").read_bytes()
    pdf = pypdf.PdfReader(io.BytesIO(content))
    catalogue = pdf.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/StructTreeRoot"]["/K"]
    assert catalogue["/Lang"] == "fr"
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()
    assert pdf.metadata is not None
    assert not {"/CreationDate", "/ModDate"} & set(pdf.metadata)
    assert "Procès-verbal" in (pdf.metadata.title or "")


def test_minutes_have_room_for_every_decision(written: Path) -> None:
    pdf = pypdf.PdfReader(written / "minutes.pdf")
    text = "\n".join(page.extract_text() for page in pdf.pages)
    for expected in ("Présences", "Dérogations", "Avis conforme", "Signatures", "EXEMPLE-8 Alix"):
        assert expected in text
    assert text.count("conforme\n") >= len(a_view().proposed)


def test_workbook_is_read_back_as_written(written: Path) -> None:
    book = CalamineWorkbook.from_path(written / "proposal.xlsx")
    assert book.sheet_names == [
        "Proposition",
        "Suivants",
        "Contingents",
        "Non servis",
        "Alternatives",
        "À compléter",
        "Avertissements",
    ]
    proposed = book.get_sheet_by_name("Proposition").to_python()
    assert proposed[0][0] == "Logement"
    assert [row[0] for row in proposed[1:]] == [f"D{i}" for i in range(1, 8)]
    assert proposed[1][4:8] == [412.5, date(2026, 12, 1), "A01", "EXEMPLE-1 Alix"]
    assert proposed[2][8:11] == [2.0, 12.0, date(2019, 3, 2)]
    unserved = book.get_sheet_by_name("Non servis").to_python()
    assert unserved[1][2] == "EXEMPLE-3 Alix"
    waiting = book.get_sheet_by_name("À compléter").to_python()
    assert waiting[1][0] == "B03"
    assert "Revenus" in waiting[1][2]
    assert [row[0] for row in unserved[1:]] == sorted(row[0] for row in unserved[1:])


def test_text_of_the_register_is_never_a_formula_nor_markup() -> None:
    view = a_view()
    trap = "=1+1<b>x</b>"
    first = replace(view.dwellings[0], address=trap)
    trapped = replace(view, dwellings=(first, *view.dwellings[1:]))
    assert "&lt;b&gt;x" in report_html(trapped)
    assert trap not in report_html(trapped)
