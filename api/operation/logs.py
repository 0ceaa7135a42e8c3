"""
Logs of the service: one JSON object a line, with the reference of the request, and of no person.

Of an error only its kind and place are written: its message may quote a person's data. What
libraries say below a warning is not kept.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

OURS = "passerelle"
_KEPT = {"event", "level", "logger", "timestamp", "request_id"}
# What an access line says beside: method, template of the route, status, time taken.
_OF_A_REQUEST = {"method", "route", "status", "milliseconds"}


def write_json_lines(stream: TextIO = sys.stderr) -> None:
    """Have every logger of the process write JSON lines."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=_OF_A_REQUEST),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        kind_and_place,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            only_what_is_named,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in (OURS, "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True


def kind_and_place(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The kind and the place of an error, in the place of its message and its trace."""
    raised = event.pop("exc_info", None)
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["event"] = f"{type(error).__name__} at {place_of(error)}"
    return event


def only_what_is_named(
    _logger: WrappedLogger, _method: str, event: MutableMapping[str, object]
) -> EventDict:
    """Members nobody has thought about do not leave."""
    return {k: v for k, v in event.items() if k in _KEPT or k in _OF_A_REQUEST}


def place_of(error: BaseException) -> str:
    """The file and line an error was raised at."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "-"
