"""Codes of RFC 6238, with the vectors of its appendix B (their last six digits)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from api.auth.totp import code_at, new_secret, provisioning_uri, step_of, step_of_code

SECRET = b"12345678901234567890"
NOW = datetime(2026, 6, 15, 9, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(SECRET, step_of(datetime.fromtimestamp(seconds, UTC))) == code


def test_a_clock_may_be_half_a_minute_off_and_no_more() -> None:
    code = code_at(SECRET, step_of(NOW))
    seen = {s: step_of_code(SECRET, code, now=NOW + timedelta(seconds=s), after=0) for s in
            (-60, -30, 0, 30, 60)}  # fmt: skip
    assert [s for s, step in seen.items() if step is not None] == [-30, 0, 30]


def test_a_code_is_good_once() -> None:
    step = step_of(NOW)
    assert step_of_code(SECRET, code_at(SECRET, step), now=NOW, after=step) is None
    assert step_of_code(SECRET, code_at(SECRET, step + 1), now=NOW, after=step) == step + 1


def test_the_address_says_whose_it_is_and_no_two_secrets_are_alike() -> None:
    address = urlsplit(provisioning_uri(SECRET, "zoé@ici"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert parse_qs(address.query)["issuer"] == ["Passerelle"]
    assert new_secret() != new_secret()
