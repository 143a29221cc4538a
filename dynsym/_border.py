"""What a public function is given, compared with its annotations before anything is done with it.

A folder puts its functions behind this border where it exports them, and what annotations and shared names say is
written into their docstrings. Inside, files import from files, and nothing is looked at twice. A class is known by its
name, which no other class bears: nothing is imported to ask for it.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral
from typing import Any

from dynsym._docstrings import documented
from dynsym.errors import ParameterError

__all__ = ["put_behind_border"]

EXAMPLES = {
    "budget": "budget=Budget(seconds=60)",
    "equations": 'equations={"x": "-x"}',
    "free": 'free=["w"]',
    "network": "network=Network.from_matrix(W)",
    "node": "node=LeakyRate(Tanh())",
    "parameter": 'parameter="g"',
    "parameters": 'parameters=("p", "q")',
    "rng": "rng=numpy.random.default_rng(0)",
    "span": "span=(0, 3)",
    "system": "system=build_system(network)",
    "values": 'values={"g": 2.5}',
}
SHOWN = 60


def put_behind_border(names: dict[str, Any], public: Iterable[str], *, with_alarm: bool = False) -> None:
    """Let the functions that a folder exports refuse, in words, what they are not made for, and end with their budget.

    With the alarm of `Clock` they are ended in steps too that do not look at a clock.
    """
    for name in public:
        if inspect.isfunction(names[name]):
            names[name] = _guarded(documented()(names[name]), with_alarm)
            setattr(sys.modules[names[name].__module__], name, names[name])  # one function of this name, to be pickled


def _guarded(function: Callable[..., Any], with_alarm: bool) -> Callable[..., Any]:
    signature, names = inspect.signature(function), inspect.unwrap(function).__globals__

    with_alarm = with_alarm and "budget" in signature.parameters

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError:  # a name that is missing or misspelt: Python says which
            return function(*args, **kwargs)
        for name, value in given.items():
            parameter = signature.parameters[name]
            kind, is_many = parameter.annotation, parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}
            if not (is_many or value is parameter.default or _fits(value, _tree(kind), names)):
                short = repr(value) if len(repr(value)) <= SHOWN else f"{value!r:.60}…"
                raise ParameterError(
                    f"{function.__name__} was given {name}={short}, of type {type(value).__name__}. It needs "
                    f"{_spelt(kind, names)}, where numbers are not nan and counts are 0 or more. "
                    f"Try {EXAMPLES.get(name, f'help({function.__name__})')}."
                )
        budget = given.get("budget", signature.parameters["budget"].default) if with_alarm else None
        with contextlib.nullcontext() if budget is None else budget.start().alarm():
            return function(*args, **kwargs)

    return guarded


@functools.cache
def _tree(annotation: str) -> ast.expr:
    return ast.parse(annotation, mode="eval").body


def _spelt(name: str, names: Mapping[str, Any]) -> str:
    """What a short name for several kinds stands for."""
    alias = names.get(name)
    return name if alias is None or isinstance(alias, type) else str(alias).replace("typing.", "")


def _fits(value: Any, tree: ast.expr, names: Mapping[str, Any]) -> bool:
    """Whether a value is of the kind that an annotation names."""
    if isinstance(tree, ast.BinOp):
        return _fits(value, tree.left, names) or _fits(value, tree.right, names)
    inner: list[ast.expr] = []
    if isinstance(tree, ast.Subscript):
        inner, tree = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice], tree.value
    name = ast.unparse(tree).split(".")[-1]
    if inner and ast.unparse(inner[-1]) == "...":
        name, inner = "Sequence", inner[:1]
    if name in _KINDS:
        return _KINDS[name](value, [functools.partial(_fits, tree=part, names=names) for part in inner])
    spelt = _spelt(name, names)
    if spelt != name:
        return _fits(value, _tree(spelt), names)
    known = getattr(names.get(name), "__name__", name)
    return any(own.__name__ == known for own in type(value).__mro__)


Kinds = Sequence[Callable[[Any], bool]]


def _is_number(value: Any) -> bool:
    if isinstance(value, str | bytes) or not (hasattr(value, "__float__") or hasattr(value, "__index__")):
        return False
    try:
        return float(value) == float(value)
    except OverflowError:
        return True
    except (TypeError, ValueError, ArithmeticError):
        return False


def _is_row(value: Any, kinds: Kinds, *, size: int | None = None, is_sized: bool = True) -> bool:
    """Whether a value has entries of these kinds in a row; a stream is not looked into."""
    if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
        return isinstance(value, Mapping) and not is_sized
    if hasattr(value, "dtype") and value.dtype.kind in "biuf":
        return (size is None or len(value) == size) and not (value != value).any()
    if not (hasattr(value, "__len__") and hasattr(value, "__getitem__")) and (is_sized or iter(value) is value):
        return not is_sized
    if size is not None:
        return len(value) == size and all(kind(entry) for kind, entry in zip(kinds, value, strict=True))
    return all(kind(entry) for kind in kinds for entry in value)


def _is_mapping(value: Any, kinds: Kinds) -> bool:
    return isinstance(value, Mapping) and all(kinds[0](key) and kinds[1](entry) for key, entry in value.items())


_KINDS: dict[str, Callable[[Any, Kinds], bool]] = {
    "Any": lambda value, _: True,
    "None": lambda value, _: value is None,
    "bool": lambda value, _: type(value).__name__ in {"bool", "bool_"},
    "int": lambda value, _: isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 0,
    "float": lambda value, _: _is_number(value),
    "complex": lambda value, _: hasattr(value, "__complex__") or _is_number(value),
    "str": lambda value, _: isinstance(value, str),
    "type": lambda value, _: isinstance(value, type),
    "Callable": lambda value, _: callable(value),
    "PathLike": lambda value, _: isinstance(value, os.PathLike),
    "Iterable": lambda value, kinds: _is_row(value, kinds, is_sized=False),
    "Mapping": _is_mapping,
    "Sequence": _is_row,
    "tuple": lambda value, kinds: _is_row(value, kinds, size=len(kinds)),
}
