"""Text, names and numbers of models, made into exact sympy expressions without an evaluator."""

from dynsym._expressions.functions import logistic, relu, softplus, step
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
    "logistic",
    "names_in",
    "parse",
    "relu",
    "softplus",
    "step",
    "symbol",
    "to_text",
    "told_apart",
]
