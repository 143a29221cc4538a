"""Text, names and numbers of models, made into exact sympy expressions without an evaluator.

What functions are is said one floor above, in `dynsym.functions`, which enters its records in the registry here. It is
loaded by name, as a plug-in would be, so that whoever sees this floor sees the registry full.
"""

import importlib

from dynsym._expressions.jets import Jet, Slope, told_apart
from dynsym._expressions.names import assumption_of, check_name, did_you_mean, symbol
from dynsym._expressions.numbers import exact
from dynsym._expressions.text import names_in, parse, to_text
from dynsym._expressions.vocabulary import FunctionDefinition

__all__ = [
    "FunctionDefinition",
    "Jet",
    "Slope",
    "assumption_of",
    "check_name",
    "did_you_mean",
    "exact",
    "names_in",
    "parse",
    "symbol",
    "to_text",
    "told_apart",
]

importlib.import_module("dynsym.functions")
