"""What people read, in four languages: one catalogue of sentences, one way to write figures."""

from allocation.wording.catalogue import Catalogue, WordingError, catalogue
from allocation.wording.language import DEFAULT_LANGUAGE, LANGUAGES, command_language

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "Catalogue",
    "WordingError",
    "catalogue",
    "command_language",
]
