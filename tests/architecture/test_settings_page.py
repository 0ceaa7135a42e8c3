"""
`docs/reference/settings.md` lists every setting of the service, as the program declares it.

``PASSERELLE_ACCEPT=1 pytest tests/architecture/test_settings_page.py`` writes it again.
"""

import os

from api.settings import Settings
from tests.architecture.source_tree import ROOT

PAGE = ROOT / "docs" / "reference" / "settings.md"
HEAD = """# Settings of the service

Environment variables read by the commands of the service. This page is made from `api/settings.py`.

| Variable | Default | What it sets |
| --- | --- | --- |
"""


def page() -> str:
    prefix = Settings.model_config["env_prefix"]
    lines = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        lines.append(f"| `{prefix}{name.upper()}` | {default} | {field.description} |\n")
    return HEAD + "".join(lines)


def test_page_of_the_settings_is_fresh() -> None:
    if os.environ.get("PASSERELLE_ACCEPT") == "1":
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_setting_says_what_it_sets() -> None:
    assert all(field.description for field in Settings.model_fields.values())
