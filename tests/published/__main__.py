"""Work every published result out again, keep the figures and write the tables of the page."""

from pathlib import Path

from tests.published.results import compute, keep, with_tables

PAGE = Path("docs/explanation/reproductions.md")

if __name__ == "__main__":
    results = compute()
    keep(results)
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")
