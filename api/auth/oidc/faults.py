"""What can go wrong between the provider and us: each a code of its own."""

from __future__ import annotations

from typing import ClassVar

from allocation.errors import HousingError


class OidcError(HousingError):
    """Base of every refusal of a sign-in by the provider."""

    code: ClassVar[str] = "oidc.refused"


class NotSetUpError(OidcError):
    """This installation has no provider."""

    code: ClassVar[str] = "oidc.not_set_up"


class ProviderAwayError(OidcError):
    """The provider does not answer, or not in its role."""

    code: ClassVar[str] = "oidc.provider_away"


class ProviderConfigurationError(OidcError):
    """The provider answers as somebody else than the issuer that was set."""

    code: ClassVar[str] = "oidc.provider_is_another"


class StateError(OidcError):
    """The answer belongs to no sign-in begun in this browser: unknown, used before, or too old."""

    code: ClassVar[str] = "oidc.state_refused"


class RefusedByProviderError(OidcError):
    """The provider says no, in its own code."""

    code: ClassVar[str] = "oidc.refused_by_provider"


class TokenUnreadableError(OidcError):
    """The identity token is not signed by the provider, or is not one."""

    code: ClassVar[str] = "oidc.token_unreadable"


class WrongIssuerError(OidcError):
    """The token was issued by somebody else."""

    code: ClassVar[str] = "oidc.wrong_issuer"


class WrongAudienceError(OidcError):
    """The token was issued for another application."""

    code: ClassVar[str] = "oidc.wrong_audience"


class WrongNonceError(OidcError):
    """The token was issued for another sign-in."""

    code: ClassVar[str] = "oidc.wrong_nonce"


class ExpiredError(OidcError):
    """The token is over."""

    code: ClassVar[str] = "oidc.token_expired"


class NotYetValidError(OidcError):
    """The token begins in the future: the two clocks differ."""

    code: ClassVar[str] = "oidc.token_not_yet_valid"


class UnknownAccountError(OidcError):
    """The provider knows the person; no account here is linked to them."""

    code: ClassVar[str] = "oidc.unknown_account"


class AccountClosedError(OidcError):
    """The linked account was closed."""

    code: ClassVar[str] = "oidc.account_closed"


class NoAccessError(OidcError):
    """No rule gives the person a role here."""

    code: ClassVar[str] = "oidc.no_access"


class OtherOrganisationError(OidcError):
    """The rules place the person in another organisation than their account."""

    code: ClassVar[str] = "oidc.other_organisation"
