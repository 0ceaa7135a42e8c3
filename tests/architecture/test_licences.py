"""Every library the product runs with has a licence a public service can use."""

import re
from importlib import metadata

from packaging.requirements import Requirement

from tests.architecture.source_tree import ROOT

ALLOWED = {"MIT", "BSD", "Apache-2.0", "ISC", "PSF", "HPND", "Zlib", "Unlicense", "MPL", "LGPL"}
COPYLEFT = {"MPL", "LGPL"}

# The first family whose pattern is found names the licence; the permissive choice comes first where
# a library offers several.
FAMILIES = [
    ("MPL", r"\bMPL\b|Mozilla Public"),
    ("LGPL", r"\bLGPL|Lesser General Public"),
    ("AGPL", r"\bAGPL|Affero"),
    ("GPL", r"\bGPL|General Public License"),
    ("Apache-2.0", r"Apache"),
    ("BSD", r"\bBSD|0BSD"),
    ("HPND", r"\bHPND|MIT-CMU|Historical Permission"),
    ("MIT", r"\bMIT\b"),
    ("ISC", r"\bISC\b"),
    ("PSF", r"\bPSF|Python Software Foundation|Python-2\.0"),
    ("Zlib", r"\bzlib\b"),
    ("Unlicense", r"Unlicense|Public Domain"),
]


def runtime_distributions() -> dict[str, metadata.Distribution]:
    """The libraries needed to run, found by following what each one requires."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [("passerelle", frozenset[str]())]
    while waiting:
        name, extras = waiting.pop()
        for text in metadata.distribution(name).requires or []:
            requirement = Requirement(text)
            environments = [{"extra": extra} for extra in extras | {""}]
            if requirement.marker and not any(map(requirement.marker.evaluate, environments)):
                continue
            key = re.sub(r"[-_.]+", "-", requirement.name).lower()
            if key not in found:
                found[key] = metadata.distribution(requirement.name)
                waiting.append((requirement.name, frozenset(requirement.extras)))
    return found


def stated_licence(distribution: metadata.Distribution) -> str:
    """What the library says of itself: the expression, else the classifiers, else the text."""
    about = distribution.metadata
    if about.get("License-Expression"):
        return about["License-Expression"]
    classifiers = [c for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    return "; ".join(classifiers) or (about.get("License") or "").strip().split("\n")[0]


def family(licence: str) -> str:
    matches = (name for name, pattern in FAMILIES if re.search(pattern, licence, re.IGNORECASE))
    return next(matches, "unknown")


def test_every_runtime_licence_is_of_a_known_family() -> None:
    families = {name: family(stated_licence(d)) for name, d in runtime_distributions().items()}
    for name, found in sorted(families.items()):
        print(f"{name:24} {found}")
    assert len(families) > 20
    assert not {name: found for name, found in families.items() if found not in ALLOWED}


def test_the_notice_names_every_copyleft_library() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8").lower()
    copyleft = [
        n for n, d in runtime_distributions().items() if family(stated_licence(d)) in COPYLEFT
    ]
    assert copyleft
    assert not [name for name in copyleft if name not in notice]


def test_a_licence_that_is_not_known_is_refused() -> None:
    assert family("AGPL-3.0-or-later") not in ALLOWED
    assert family("Some new licence") not in ALLOWED
