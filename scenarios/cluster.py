"""
A Dask cluster as the place where replications run: one that is there, or one started here.

Dask gives a task lost with its worker to another one itself: once on a cluster started here, as
often as its own ``allowed-failures`` says on one that is there. Results do not depend on who did
what, provided that every worker has this very version of the program: each task asks.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any, TypeVar

from allocation.errors import HousingError
from scenarios.executors import Pool, WorkerLostError

if TYPE_CHECKING:
    from distributed import Client

R = TypeVar("R")
STARTED_HERE = "dask"
_LOOPBACK = "127.0.0.1"
_ADDRESS = re.compile(r"(tcp|tls|wss?|ucx)://\S+:\d+")
_SECONDS_TO_ANSWER = 20
# Ctrl-C in a terminal reaches every process: what follows is for the first one to say.
_PRELOAD = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
_FAILURES_BORNE = 1  # lost with its worker once: given again
_LOGGERS = ("distributed", "distributed.client")
_PACKAGES = ("allocation", "scenarios")
# What computes beside our own code.
_LIBRARIES = ("numpy", "ortools")


class NoClusterLibraryError(HousingError):
    """The library of clusters is not installed."""

    code = "study.no_cluster_library"


class SchedulerError(HousingError):
    """Nobody answers at the address of the scheduler, or it left while the study ran."""

    code = "study.no_scheduler"


class SchedulerAddressError(HousingError):
    """What was given is no address of a scheduler."""

    code = "study.bad_scheduler"


class NoWorkerError(HousingError):
    """The cluster has no worker."""

    code = "study.no_worker"


class OtherProgramError(HousingError):
    """A worker of the cluster has not this version of the program."""

    code = "study.other_program"


@contextmanager
def cluster(scheduler: str, workers: int) -> Iterator[Pool]:
    """
    A cluster while the block lasts.

    Parameters
    ----------
    scheduler
        Address of the scheduler of a cluster that is there, or ``dask``: one is started on this
        machine, which nobody else can reach.
    workers
        Processes of the cluster started here; one that is there has its own.

    Raises
    ------
    NoClusterLibraryError, SchedulerAddressError, SchedulerError, NoWorkerError
    """
    if scheduler != STARTED_HERE and not _ADDRESS.fullmatch(scheduler):
        raise SchedulerAddressError("No address of a scheduler.", address=scheduler)
    try:
        import dask
        import distributed
    except ModuleNotFoundError as absent:
        if absent.name not in ("dask", "distributed"):
            raise
        raise NoClusterLibraryError("The library of clusters is not installed.") from absent
    for name in _LOGGERS:  # what goes wrong is said in our own sentences
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if scheduler != STARTED_HERE:
        with _client(scheduler) as client:
            yield _pool(client, scheduler)
        return
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": _FAILURES_BORNE}),
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host=_LOOPBACK,
            dashboard_address=f"{_LOOPBACK}:0",
            silence_logs="CRITICAL",
            preload=[_PRELOAD],
        ) as local,
        distributed.Client(local) as client,
    ):
        yield _pool(client, STARTED_HERE)


@contextmanager
def _client(address: str) -> Iterator[Client]:
    from distributed import Client

    try:
        client = Client(address, timeout=_SECONDS_TO_ANSWER, set_as_default=False)
    except OSError as fault:
        raise SchedulerError("No scheduler answers.", address=address) from fault
    with client:
        yield client


def _pool(client: Client, address: str) -> Pool:
    try:
        client.wait_for_workers(1, timeout=_SECONDS_TO_ANSWER)
    except TimeoutError as fault:
        raise NoWorkerError("The cluster has no worker.", address=address) from fault
    n_workers = sum(client.nthreads().values())
    return Pool(lambda: ClusterExecutor(client, address), n_workers)


class ClusterExecutor(Executor):
    """The tasks of a study on a cluster; what goes wrong there is said in our own errors."""

    def __init__(self, client: Client, address: str) -> None:
        self.inner = client.get_executor(pure=False)
        self.address = address

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """Give a task to the cluster."""
        told: Future[R] = Future()

        def pass_on(theirs: Future[R]) -> None:
            fault = None if theirs.cancelled() else theirs.exception()
            if theirs.cancelled():
                told.set_exception(SchedulerError("The scheduler left.", address=self.address))
            elif fault is not None:
                told.set_exception(_in_our_words(fault, self.address))
            else:
                told.set_result(theirs.result())

        theirs = self.inner.submit(as_this_program, fingerprint(), fn, *args, **kwargs)
        theirs.add_done_callback(pass_on)
        return told

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 as in Executor
        """Let the cluster go; what it has not begun is taken back."""
        self.inner.shutdown(wait=wait and not cancel_futures)


def _in_our_words(fault: BaseException, address: str) -> BaseException:
    from distributed import KilledWorker

    if isinstance(fault, KilledWorker):
        return WorkerLostError("A worker died twice over the same replications.")
    if isinstance(fault, ModuleNotFoundError | AttributeError):
        return OtherProgramError("A worker has not this program.", address=address)
    return fault


def as_this_program(expected: str, work: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """Do a task where this very program is installed; refuse elsewhere."""
    if fingerprint() != expected:
        raise OtherProgramError("A worker has another version of the program.", address="")
    return work(*args, **kwargs)


@cache
def fingerprint() -> str:
    """What results depend on besides the study: our code and data, and what computes with it."""
    digest = hashlib.sha256()
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    for package in _PACKAGES:
        for path, content in _contents(files(package), package):
            digest.update(f"{path} {hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()


def _contents(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for item in sorted(folder.iterdir(), key=lambda found: found.name):
        inside = f"{path}/{item.name}"
        if item.name == "__pycache__":
            continue
        if item.is_dir():
            yield from _contents(item, inside)
        else:
            yield inside, item.read_bytes()
