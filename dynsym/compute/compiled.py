"""A system compiled for numbers: right-hand side, Jacobian and higher derivatives, batch-first, and in balls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from flint import arb
from sympy import Integer, Symbol

from dynsym._docstrings import documented
from dynsym._expressions import Jet
from dynsym.arithmetic.balls import BallArithmetic, ball
from dynsym.arithmetic.tape import Tape
from dynsym.compute._stable_form import stable_entries, stable_rates
from dynsym.compute.array_lowering import ArrayLowering
from dynsym.compute.scalar_lowering import ScalarLowering
from dynsym.errors import ModelError, ParameterError
from dynsym.model.system import SymbolicSystem

__all__ = ["Arrays", "CompiledSystem", "Scalars", "compile_system"]

Array = np.ndarray

LARGEST = Integer(10) ** 308
SCALAR_STATES = 40
SCALAR_TERMS = 400


class Lowering(Protocol):
    """How a system is evaluated on floating-point numbers."""

    kind: str

    def field(self, x: Array, p: Array) -> Array: ...
    def jacobian(self, x: Array, p: Array) -> Array: ...
    def parameter_derivative(self, x: Array, p: Array, index: int) -> Array: ...
    def jacobian_parameter_derivative(self, x: Array, p: Array, index: int) -> Array: ...
    def second(self, x: Array, p: Array, u: Array, v: Array) -> Array: ...
    def third(self, x: Array, p: Array, u: Array, v: Array, w: Array) -> Array: ...
    def jacobian_along(self, x: Array, p: Array, v: Array) -> Array: ...


@dataclass(frozen=True)
class Scalars:
    """Lower to generated scalar code: best up to some forty states.

    Examples
    --------
    >>> Scalars()
    Scalars()
    """


@dataclass(frozen=True)
class Arrays:
    """Lower to array code, ``W @ φ(x)``: best for larger networks; needs a system built from a network.

    Examples
    --------
    >>> Arrays()
    Arrays()
    """


@documented()
@dataclass(frozen=True, eq=False)
class CompiledSystem:
    """A system ready for numbers.

    Made by `compile_system`. States are arrays of shape (n, *batch), parameters of shape (m,) or (m, *batch), in the
    order of `state_names` and `parameter_names`.

    Examples
    --------
    >>> import dynsym as ds
    >>> f = ds.compile_system(ds.system_from_equations({"x": "m - x^2"}, parameters={"m": 1}))
    >>> p = f.parameter_vector()
    >>> f.field([2.0], p), f.jacobian([2.0], p), f.second([2.0], p, [1], [1])
    (array([-3.]), array([[-4.]]), array([-2.]))
    >>> f.field([[0.0, 1.0, 2.0]], p)
    array([[ 1.,  0., -3.]])
    """

    system: SymbolicSystem
    lowering_object: Lowering

    @cached_property
    def _tensors(self) -> Lowering:
        """What gives higher derivatives: the rules' own where there are rules."""
        if self.system.template is None or isinstance(self.lowering_object, ArrayLowering):
            return self.lowering_object
        return ArrayLowering(self.system)

    @property
    def fingerprint(self) -> str:
        """That of the system."""
        return self.system.fingerprint

    @property
    def lowering(self) -> str:
        """``"scalar"`` or ``"array"``."""
        return self.lowering_object.kind

    @property
    def state_names(self) -> tuple[str, ...]:
        return self.system.state_names

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(self.system.parameters)

    @property
    def dimension(self) -> int:
        return self.system.dimension

    @cached_property
    def default_values(self) -> Array:
        """Default parameter values; nan where there is none."""
        values = self.system.values
        return np.array([_float(values[n], n) if n in values else np.nan for n in self.parameter_names])

    def parameter_vector(self, values: Mapping[str, Any] | None = None, *, free: Sequence[str] = ()) -> Array:
        """Parameter values as an array of shape (m,).

        Parameters
        ----------
        values : mapping of name to number or text, optional
            Override the defaults.
        free : names
            Parameters that may stay without a value (nan).

        Raises
        ------
        ParameterError
            If a parameter has neither a value nor a default.
        """
        out = self.default_values.copy()
        if values:
            known = self.system.substitution(values)
            for name in values:
                parameter = self.system.parameter(name)
                out[self.parameter_index(parameter)] = _float(known[parameter], parameter.name)
        missing = [n for n, v in zip(self.parameter_names, out, strict=True) if np.isnan(v) and n not in free]
        if missing:
            raise ParameterError(
                f"The parameter{'s' if len(missing) > 1 else ''} {', '.join(missing)} of {self.system.name!r} "
                f"{'have' if len(missing) > 1 else 'has'} no value, and numbers are needed. Give one, as in "
                f"values={{'{missing[0]}': 1}} or --set {missing[0]}=1."
            )
        return out

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.parameter_names)}

    def parameter_index(self, name: str | Symbol) -> int:
        """Position of a parameter, by name or symbol."""
        return self._places[self.system.parameter(name).name]

    # ---- floating point

    @cached_property
    def _shape(self) -> tuple[int, int]:
        return self.dimension, len(self.parameter_names)

    def _point(self, x: Any, p: Any) -> tuple[Array, Array]:
        """States and parameters as arrays of floats of the right length."""
        x, p = _floats(x, "state"), _floats(p, "parameter vector")
        if not (x.ndim and p.ndim) or (x.shape[0], p.shape[0]) != self._shape:
            n, m = self._shape
            raise ParameterError(
                f"The state has shape {x.shape} and the parameter vector {p.shape}; ({n}, …) and ({m}, …) are needed, "
                "in the order of state_names and parameter_names. f.parameter_vector({…}) makes the second."
            )
        return x, p

    def _directions(self, *directions: Any) -> list[Array]:
        """Real or complex directions in the states."""
        arrays = [np.asarray(d) + 0.0 for d in directions]
        for array in arrays:
            if array.shape != (self.dimension,):
                raise ParameterError(
                    f"A direction has shape {array.shape}; ({self.dimension},) is needed, one entry for each state."
                )
        return arrays

    def field(self, x: Any, p: Any) -> Array:
        """The right-hand side; shape (n, *batch).

        A single state outside the domain of the equations raises `DomainError`; in a batch it gives nan.
        """
        return self.lowering_object.field(*self._point(x, p))

    def jacobian(self, x: Any, p: Any) -> Array:
        """The Jacobian; shape (n, n, *batch)."""
        return self.lowering_object.jacobian(*self._point(x, p))

    def sparse_jacobian(self, x: Any, p: Any) -> Any:
        """The Jacobian at one state as a `scipy.sparse.csr_array`."""
        if isinstance(self.lowering_object, ArrayLowering):
            return self.lowering_object.sparse_jacobian(*self._point(x, p))
        from scipy.sparse import csr_array

        return csr_array(self.jacobian(x, p))

    def parameter_derivative(self, x: Any, p: Any, index: int) -> Array:
        """The derivative of the right-hand side by the parameter at `index`; shape (n, *batch)."""
        return self.lowering_object.parameter_derivative(*self._point(x, p), index)

    def jacobian_parameter_derivative(self, x: Any, p: Any, index: int) -> Array:
        """The derivative of the Jacobian by the parameter at `index`; shape (n, n, *batch)."""
        return self._tensors.jacobian_parameter_derivative(*self._point(x, p), index)

    def second(self, x: Any, p: Any, u: Any, v: Any) -> Array:
        """B(u, v), the second derivative along two (real or complex) directions; shape (n,)."""
        return self._tensors.second(*self._point(x, p), *self._directions(u, v))

    def third(self, x: Any, p: Any, u: Any, v: Any, w: Any) -> Array:
        """C(u, v, w), the third derivative along three directions; shape (n,)."""
        return self._tensors.third(*self._point(x, p), *self._directions(u, v, w))

    def jacobian_along(self, x: Any, p: Any, v: Any) -> Array:
        """The derivative of the Jacobian along a direction in the states; shape (n, n)."""
        return self._tensors.jacobian_along(*self._point(x, p), *self._directions(v))

    # ---- balls

    @cached_property
    def _arguments(self) -> list[Any]:
        return [*self.system.states, *self.system.parameters.values()]

    @cached_property
    def field_tape(self) -> Tape:
        """The right-hand side as a program for any arithmetic; variables: states, then parameters."""
        return Tape.of(self._rates, self._arguments)

    @cached_property
    def _rates(self) -> tuple[Any, ...]:
        return stable_rates(self.system)

    @cached_property
    def jacobian_tape(self) -> tuple[Tape, tuple[tuple[int, int], ...]]:
        """The nonzero entries of the Jacobian as a program, and their places."""
        entries = stable_entries(self.system, self._rates)
        return Tape.of(list(entries.values()), self._arguments), tuple(entries)  # type: ignore[arg-type]

    def ball_parameters(self, values: Mapping[str, Any] | None = None) -> list[arb]:
        """Balls around the exact parameter values, at flint's working precision."""
        self.parameter_vector(values)
        known = self.system.substitution(values)
        return [ball(known[s]) for s in self.system.parameters.values()]

    def ball_field(self, x: Sequence[arb], p: Sequence[arb]) -> list[arb]:
        """Enclosures of the right-hand side over balls of states and parameters."""
        return self.field_tape.run(BallArithmetic(), [*x, *p])

    def ball_jacobian(self, x: Sequence[arb], p: Sequence[arb]) -> dict[tuple[int, int], arb]:
        """Enclosures of the nonzero entries of the Jacobian."""
        tape, places = self.jacobian_tape
        return dict(zip(places, tape.run(BallArithmetic(), [*x, *p]), strict=True))

    def __repr__(self) -> str:
        states = "1 state" if self.dimension == 1 else f"{self.dimension} states"
        return f"CompiledSystem({self.system.name!r}: {states}, {self.lowering} code)"


@documented("ModelError: If an activation is undefined, or array code is asked for plain equations.")
def compile_system(
    system: SymbolicSystem | CompiledSystem, *, method: Scalars | Arrays | None = None
) -> CompiledSystem:
    """Compile a system for numbers.

    Parameters
    ----------
    system : SymbolicSystem
        A compiled system is returned as it is, unless `method` asks for other code.
    method : Scalars or Arrays, optional
        By default scalar code up to some forty states, array code beyond (where the system has a network).

    Examples
    --------
    >>> import dynsym as ds
    >>> f = ds.compile_system(ds.build_system(ds.motifs.bidirectional(weight=2)))
    >>> f.jacobian([0.0, 0.0], f.parameter_vector())
    array([[-1.,  2.],
           [ 2., -1.]])
    """
    if isinstance(system, CompiledSystem):
        if method is None:
            return system
        system = system.system
    _refuse_undefined(system)
    if method is None:
        terms = 0 if system.template is None else len(system.template.onto)
        is_large = system.dimension > SCALAR_STATES or terms > SCALAR_TERMS
        method = Arrays() if system.template is not None and is_large else Scalars()
    if isinstance(method, Scalars):
        return CompiledSystem(system, ScalarLowering(system))
    if system.template is None:
        raise ModelError(
            f"Array code was asked for {system.name!r}, which was given as equations. Build it from a network with "
            "build_system, or use Scalars()."
        )
    return CompiledSystem(system, ArrayLowering(system))


def _refuse_undefined(system: SymbolicSystem) -> None:
    template = system.template
    sample = [n.output for n in template.local_nodes] if template is not None else list(system.rhs)
    if template is not None:
        sample += [rate for n in template.local_nodes for rate in n.rates]
    if any(e.has(Jet) for e in sample):
        raise ModelError(
            f"The activation of {system.name!r} is undefined, and numbers need a function. "
            "Give one, as in system.with_activation(ds.Tanh())."
        )


def _floats(values: Any, what: str) -> Array:
    array = np.asarray(values)
    if array.dtype == float:
        return array
    if array.dtype.kind == "c":
        raise ParameterError(f"The {what} is complex; real numbers are needed. Take the real part.")
    try:
        return array.astype(float)
    except (TypeError, ValueError, OverflowError) as error:
        raise ParameterError(f"The {what} was given as {values!r:.60}; an array of real numbers is needed.") from error


def _float(value: Any, name: str) -> float:
    number = float(value) if abs(value) < LARGEST else np.inf
    if not np.isfinite(number):
        raise ParameterError(f"The value of {name} is beyond floating point. Rescale the variables.")
    return number
