"""`proposal.json` is canonical, published, free of secrets, and can be read back."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785
from jsonschema import Draft202012Validator

from allocation.documents import ProposalFileError, proposal_json, read_proposal
from tests.proposals import SECRET, a_proposal

SCHEMA = Path("docs/reference/proposal.schema.json")


def test_same_proposal_gives_the_same_bytes() -> None:
    assert proposal_json(a_proposal()) == proposal_json(a_proposal())


def test_it_obeys_the_published_schema() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(proposal_json(a_proposal())))


def test_it_is_sorted_by_identifier_and_writes_fractions_exactly() -> None:
    told = json.loads(proposal_json(a_proposal()))
    names = [h["application_id"] for h in told["households"]]
    assert names == sorted(names)
    assert told["quotas"][0]["share"] == "1/2"
    assert told["meeting"]["meeting_on"] == "2026-11-24"


def test_its_bytes_are_those_of_the_canonical_form() -> None:
    written = proposal_json(a_proposal())
    assert rfc8785.dumps(json.loads(written)) == written
    odd = replace(a_proposal(), slsp_id='\x1f\x7f\u2028é"\\/😀\n')
    assert rfc8785.dumps(json.loads(proposal_json(odd))) == proposal_json(odd)


def test_the_secret_of_the_pseudonyms_is_left_out() -> None:
    assert SECRET not in proposal_json(a_proposal()).decode()


def test_what_is_read_back_is_the_same_proposal() -> None:
    written = proposal_json(a_proposal())
    read = read_proposal(written)
    assert proposal_json(read) == written
    assert replace(read, meeting={}) == replace(a_proposal(), meeting={})


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"{", "JSON"),
        (b"[]", "schema"),
        (b'{"schema": "proposal/2"}', "schema"),
        (b'{"schema": "proposal/1", "extra": 1}', "unknown keys"),
        (b'{"schema": "proposal/1", "kind": 1}', "kind"),
    ],
)
def test_another_file_is_refused(content: bytes, detail: str) -> None:
    with pytest.raises(ProposalFileError, match=detail):
        read_proposal(content)
