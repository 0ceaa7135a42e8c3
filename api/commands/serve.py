"""``passerelle serve``: the service, until Ctrl-C."""

from __future__ import annotations

import typer

from allocation.cli import console


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command("serve", help=console.words().text("service.serve.help"))
    def serve_command() -> int:
        return run()


def run() -> int:
    """Open the database, serve, close."""
    import uvicorn

    from api.app import create_app
    from api.service import Service
    from api.settings import Settings

    settings = Settings()
    service = Service.of(settings)
    words = console.words()
    console.print_line(
        words.text("service.serve.listening", host=settings.host, port=str(settings.port))
    )
    uvicorn.run(
        create_app(service),
        host=settings.host,
        port=settings.port,
        access_log=False,  # an address may hold what was searched: a name
        server_header=False,
    )
    service.database.close()
    return console.DONE
