"""``passerelle serve``: the service, until Ctrl-C."""

from __future__ import annotations

import typer

from allocation.cli import console


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""

    text = console.words().text

    @app.command("serve", help=text("service.serve.help"))
    def serve_command(
        host: str = typer.Option("", "--host", help=text("operation.serve.host")),
        port: int = typer.Option(0, "--port", min=0, max=65535, help=text("operation.serve.port")),
    ) -> int:
        return run(host=host, port=port)


def run(*, host: str = "", port: int = 0) -> int:
    """Open the database, serve, close; what is not given comes from the settings."""
    import uvicorn

    from api.app import create_app
    from api.operation.logs import write_json_lines
    from api.service import Service
    from api.settings import Settings

    settings = Settings()
    given = {name: value for name, value in (("host", host), ("port", port)) if value}
    settings = settings.model_copy(update=given)
    write_json_lines()
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
        log_config=None,
        forwarded_allow_ips=settings.trusted_proxies,
    )
    service.database.close()
    return console.DONE
