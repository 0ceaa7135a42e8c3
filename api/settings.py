"""The settings of the service: environment variables ``PASSERELLE_...``, each with a default."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

SQLITE = "sqlite:///"


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
    has_worker: bool = Field(
        default=True,
        description="Whether `passerelle serve` also runs the jobs.",
    )

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
