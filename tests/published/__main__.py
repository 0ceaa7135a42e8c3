"""Work every figure of the pages out again, keep them and write the tables: ``--help``."""

import argparse

from tests.published import public_figures
from tests.published.results import compute, keep, kept, write

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.published", description=__doc__)
    parser.add_argument(
        "--public-figures", action="store_true", help="only the margins of the simulator"
    )
    if parser.parse_args().public_figures:
        results = kept() | {"public_figures": public_figures.compute()}
    else:
        results = compute()
    keep(results)
    write(results)
