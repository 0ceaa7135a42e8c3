"""The settings of the service: environment variables ``PASSERELLE_...``, each with a default."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

SQLITE = "sqlite:///"
PROCRASTINATE = "procrastinate"
_LIMIT = r"^([1-9][0-9]*/(second|minute|hour|day))?$"


class Settings(BaseSettings):
    """What an operator may set; a name that is not listed here is not read."""

    model_config = SettingsConfigDict(env_prefix="PASSERELLE_", extra="ignore", frozen=True)

    database_url: str = Field(
        default=f"{SQLITE}./passerelle.db",
        description="Database: `sqlite:///FILE`, or `postgresql://USER@HOST/NAME` in production.",
    )
    host: str = Field(default="127.0.0.1", description="Address the service listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the service listens on.")
    secret_file: Path | None = Field(
        default=None,
        description="File of the secret that signs cursors and seals personal data in the journal; "
        "made by `passerelle migrate`, readable by its owner alone. When not set: "
        "`passerelle.secret`, beside the SQLite file or in the working folder.",
    )
    session_minutes: int = Field(
        default=480, ge=5, le=1440, description="Minutes a staff session lasts after it was opened."
    )
    max_body_bytes: int = Field(
        default=10_000_000, ge=1_000, description="Largest body of a request, in bytes."
    )
    common_file_folder: Path | None = Field(
        default=None,
        description="Folder where the common file of each company is put (`COMPANY.csv`) and ours "
        "is written (`COMPANY.export.csv`); not set: files are only sent through the API.",
    )
    has_worker: bool = Field(
        default=True,
        description="Whether `passerelle serve` also runs the jobs; otherwise `passerelle work` "
        "does, in a process of its own.",
    )
    threads: int = Field(
        default=4,
        ge=1,
        le=40,
        description="Requests one process works on at the same time; others wait their turn. More "
        "than a few threads take the processor from each other.",
    )
    limit_sign_in: str = Field(
        default="30/minute",
        pattern=_LIMIT,
        description="How often one address may try to sign in or ask for a token, such as "
        "`30/minute`; empty: no limit. Accounts pause by themselves after five wrong passwords.",
    )
    limit_calls: str = Field(
        default="1200/minute",
        pattern=_LIMIT,
        description="How often one account or credential may call; empty: no limit.",
    )
    limit_storage: Literal["memory", "database"] = Field(
        default="memory",
        description="Where calls are counted: in each process, or in the database for all of them.",
    )
    metrics_token_file: Path | None = Field(
        default=None,
        description="File of the token Prometheus sends to `/metrics`; none: no metrics.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, "
        "separated by commas.",
    )
    jobs: Literal["embedded", "procrastinate"] = Field(
        default="embedded",
        description="`embedded`: workers look for jobs in the database; `procrastinate`: they are "
        "told of them, on PostgreSQL, with the extra `passerelle[jobs]`.",
    )

    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^/\s]+)?$",
        description="Address people use, such as `https://passerelle.example.org`, without a path; "
        "with `https`, cookies and browsers keep to it. When not set: `http://HOST:PORT`.",
    )
    oidc_issuer: str = Field(
        default="",
        pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/]|$)",
        description="Issuer of the OpenID Connect provider staff sign in with; empty: local "
        "accounts only. A second factor is then the provider's.",
    )
    oidc_client_id: str = Field(
        default="passerelle", description="Name of this service at the provider."
    )
    oidc_client_secret_file: Path | None = Field(
        default=None,
        description="File of the client's secret at the provider; none: a public client.",
    )
    oidc_access_file: Path | None = Field(
        default=None,
        description="YAML file that gives an organisation and a role by the provider's claims, "
        "looked at on every sign-in; none: each linked account keeps its own role.",
    )
    oidc_new_accounts: Literal["refuse", "create"] = Field(
        default="refuse",
        description="`create`: who has a role by the access file gets an account at the first "
        "sign-in; `refuse`: accounts are linked by `passerelle user link` only.",
    )

    @property
    def base_url(self) -> str:
        """The address people use."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def is_behind_tls(self) -> bool:
        """Whether people use an address that is encrypted."""
        return self.base_url.startswith("https://")

    def oidc_client_secret(self) -> str:
        """The client's secret at the provider; empty for a public client."""
        file = self.oidc_client_secret_file
        return file.read_text(encoding="utf-8").strip() if file else ""

    @property
    def secret_path(self) -> Path:
        """Where the secret is."""
        if self.secret_file is not None:
            return self.secret_file
        folder = self.sqlite_path.parent if self.sqlite_path else Path()
        return folder / "passerelle.secret"

    @property
    def sqlite_path(self) -> Path | None:
        """The file of the database; ``None`` on PostgreSQL."""
        if self.database_url.startswith(SQLITE):
            return Path(self.database_url.removeprefix(SQLITE))
        return None
