"""
Exceptions to the sizes, each with its reason. An entry that is no longer needed fails the tests.

Keep these lists short: split the module or the function first.
"""

# Modules between 400 and 600 lines: path -> reason.
LONG_MODULES: dict[str, str] = {}

# Functions of 40 lines of code or more: "path::qualified name" -> reason.
LONG_FUNCTIONS: dict[str, str] = {}
