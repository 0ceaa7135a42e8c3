"""``passerelle work``: a process that only does the jobs, beside ``serve``."""

from __future__ import annotations

import signal
import threading

import typer

from allocation.cli import console


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command("work", help=console.words().text("jobs.work.help"))
    def work_command() -> int:
        return run()


def run() -> int:
    """Take runs until Ctrl-C or the end the system asks for; the run in hand is finished."""
    from api.jobs.workers import worker_of
    from api.operation.logs import write_json_lines
    from api.service import Service
    from api.settings import Settings

    write_json_lines()
    service = Service.of(Settings())
    asked = threading.Event()
    before = {s: signal.signal(s, lambda *_: asked.set()) for s in (signal.SIGINT, signal.SIGTERM)}
    console.print_line(console.words().text("jobs.work.working"))
    try:
        with worker_of(service).running():
            asked.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        service.database.close()
    return console.DONE
