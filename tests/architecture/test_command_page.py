"""
`docs/reference/commands.md` is what the program says of itself, no more, no less.

``PASSERELLE_ACCEPT=1 pytest tests/architecture/test_command_page.py`` writes it again.
"""

import os
import subprocess
import sys

from tests.architecture.source_tree import ROOT

PAGE = ROOT / "docs" / "reference" / "commands.md"
HEAD = """# Commandes

Page tirée du programme. `--help` et `--lang fr|nl|de|en` valent pour toutes les commandes.

* Codes de sortie : 0 fait, 1 un contrôle a échoué, 2 données refusées (chaque défaut est listé),
  3 erreur interne. Rien n'est laissé à moitié écrit.
* `PASSERELLE_LANG` fixe la langue ; `PASSERELLE_DEBUG=1` montre les détails d'une erreur interne.
"""


def help_of(*arguments: str) -> str:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from api.cli import main; sys.exit(main())",
            *arguments,
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100", "PASSERELLE_LANG": "fr"},
    )
    return "\n".join(line.rstrip() for line in told.stdout.rstrip().splitlines())


def page() -> str:
    overview = help_of("--help")
    listed = overview[overview.index("Commandes:") :].splitlines()[1:]
    names = [line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "]
    parts = [HEAD, f"```text\n{overview}\n```\n"]
    parts += [f"## {name}\n\n```text\n{help_of(name, '--help')}\n```\n" for name in names]
    return "\n".join(parts)


def test_page_of_the_commands_is_fresh() -> None:
    said = page()
    if os.environ.get("PASSERELLE_ACCEPT") == "1":
        PAGE.write_text(said, encoding="utf-8")
    assert said == PAGE.read_text(encoding="utf-8")
