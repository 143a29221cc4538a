"""The parts of continuation against independent ones: gradients, null vectors, factors, spectra, faults."""

import dataclasses

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.compute.continuation.bordered import Factorised, bordered
from dynsym.compute.continuation.coefficients import fold_coefficients, hopf_coefficients
from dynsym.compute.continuation.curve import Tracer
from dynsym.compute.continuation.defining_systems import _Border, null_vectors, solve_fold, solve_hopf
from dynsym.compute.continuation.family import OneParameterField
from dynsym.compute.continuation.spectrum import BranchSpectrum, may_touch_axis, neutral_sum, unstable_besides

EQUATIONS = {"x": "m + x - x^3/3 - y + x*y^2", "y": "x/2 - y + m*x^2", "z": "-z + x*y + sin(m*z)"}


@pytest.fixture(scope="module")
def family():
    system = ds.compile_system(ds.system_from_equations(EQUATIONS, parameters={"m": None}))
    return OneParameterField.of(system, "m", (-1, 1))


class Faulty:
    """A compiled system one of whose derivatives is wrong."""

    def __init__(self, system, name):
        self._system, self._name = system, name

    def __getattr__(self, name):
        value = getattr(self._system, name)
        return (lambda *arguments: -value(*arguments)) if name == self._name else value


@pytest.mark.parametrize("shift", [0.0, 0.7j])
def test_gradient_of_the_bordered_function_is_its_difference_quotient(family, shift):
    rng = np.random.default_rng(0)
    x, value, small = rng.standard_normal(3), 0.3, 1e-6
    frozen_right, frozen_left = rng.standard_normal((2, 3)) + (1j * rng.standard_normal((2, 3)) if shift else 0)

    def defect(x, value, shift):
        border = _Border(frozen_right, frozen_left)
        return border.update(family.jacobian(x, value) - shift * np.eye(3)), border

    _, border = defect(x, value, shift)
    gradient = border.gradient(family, x, value, 1j if shift else 1.0)
    steps = [(small * np.eye(3)[k], 0.0, 0.0) for k in range(3)] + [(0.0, small, 0.0), (0.0, 0.0, small)]
    for k, (dx, dm, ds_) in enumerate(steps):
        turn = ds_ * (1j if shift else 1.0)
        ahead, behind = (defect(x + s * dx, value + s * dm, shift + s * turn)[0] for s in (1, -1))
        assert gradient[k] == pytest.approx((ahead - behind) / (2 * small), rel=1e-6, abs=1e-8)


def test_fold_agrees_with_fifty_digits():
    m, x = sympy.symbols("m x")
    solution = sympy.nsolve([m + sympy.sin(x) - x**2, sympy.cos(x) - 2 * x], [m, x], [0.0, 0.4], prec=50)
    f = ds.compile_system(ds.system_from_equations({"x": "m + sin(x) - x^2"}, parameters={"m": None}))
    found = solve_fold(OneParameterField.of(f, "m", (-1, 1)), np.array([0.3]), 0.1)
    assert found.value == pytest.approx(float(solution[0]), rel=1e-15)
    assert found.x[0] == pytest.approx(float(solution[1]), rel=1e-14)


BRUSSELATOR = {"x": "1 - (B + 1)*x + x^2*y", "y": "B*x - x^2*y"}


@pytest.mark.parametrize("fault", ["jacobian_along", "parameter_derivative", "jacobian_parameter_derivative"])
def test_a_wrong_gradient_gives_no_wrong_point(fault):
    # it steers Newton steps alone: with a fault they fail, or lead to the same point, B = 2 at (1, 2)
    system = ds.compile_system(ds.system_from_equations(BRUSSELATOR, parameters={"B": None}))
    family = OneParameterField.of(system, "B", (1, 3))
    start = np.array([1.02, 1.97]), 2.05, 0.97
    right = solve_hopf(family, *start)
    assert (right.value, right.frequency) == pytest.approx((2, 1), rel=1e-13)
    assert right.residual < 1e-13
    found = solve_hopf(dataclasses.replace(family, system=Faulty(system, fault)), *start)
    assert found is None or found.value == pytest.approx(2, rel=1e-8)


def test_a_wrong_jacobian_loses_the_point():
    system = ds.compile_system(ds.system_from_equations({"x": "m + x - x^3"}, parameters={"m": None}))
    branch = ds.continue_equilibrium(system, {"x": -1.3}, parameter="m", span=(-1, 1))
    assert len(branch.special) == 2
    family = OneParameterField.of(system, "m", (-1, 1))
    faulty = dataclasses.replace(family, system=Faulty(system, "jacobian"))
    tracer = Tracer.around(faulty, ds.PseudoArclength(), np.array([-1.3]))
    assert tracer.correct(np.array([-1.1]), 0.0, (np.zeros(1), 1.0)) is None


def test_a_wrong_second_derivative_changes_the_coefficients(family):
    system = family.system
    fold_family = OneParameterField.of(
        ds.compile_system(ds.system_from_equations({"x": "m + x - x^3"}, parameters={"m": None})), "m", (-1, 1)
    )
    fold = solve_fold(fold_family, np.array([-0.6]), 0.38)
    faulty = dataclasses.replace(fold_family, system=Faulty(fold_family.system, "second"))
    assert fold_coefficients(fold_family, fold)["quadratic"] == pytest.approx(np.sqrt(3))
    assert fold_coefficients(faulty, fold)["quadratic"] == pytest.approx(-np.sqrt(3))
    assert system.dimension == 3


def test_a_wrong_third_derivative_changes_the_lyapunov_coefficient():
    equations = {"x": "m*x - y - x*(x^2 + y^2)", "y": "x + m*y - y*(x^2 + y^2)"}
    f = ds.compile_system(ds.system_from_equations(equations, parameters={"m": None}))
    family = OneParameterField.of(f, "m", (-1, 1))
    point = solve_hopf(family, np.zeros(2), 0.01, 1.01)
    assert hopf_coefficients(family, point)["first_lyapunov"] == pytest.approx(-2)
    faulty = dataclasses.replace(family, system=Faulty(f, "third"))
    assert hopf_coefficients(faulty, point)["first_lyapunov"] == pytest.approx(2)


@pytest.mark.parametrize("kind", [float, complex])
def test_factors_solve_and_know_their_determinant(kind):
    rng = np.random.default_rng(1)
    matrix = rng.standard_normal((5, 5)).astype(kind) + (1j * rng.standard_normal((5, 5)) if kind is complex else 0)
    right = rng.standard_normal(5).astype(kind)
    factors = Factorised(matrix.copy(order="F"))
    assert matrix @ factors.solve(right) == pytest.approx(right)
    assert matrix.T @ factors.solve(right, transposed=True) == pytest.approx(right)
    if kind is float:
        for order in (np.arange(5), np.array([1, 0, 2, 3, 4])):
            expected = np.sign(np.linalg.det(matrix[order]))
            assert Factorised(np.array(matrix[order], order="F")).determinant_sign == expected


def test_a_singular_matrix_is_known_as_such():
    assert Factorised(np.zeros((2, 2), order="F")).singular


def test_borders_are_placed_around_the_matrix():
    whole = bordered(np.eye(2), np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    assert whole.tolist() == [[1, 0, 1], [0, 1, 2], [3, 4, 0]]


def test_null_vectors_of_square_and_rectangular_matrices():
    square = np.diag([3.0, 0.0, 2.0])
    right, left = null_vectors(square)
    assert np.abs(square @ right).max() == pytest.approx(0, abs=1e-15)
    assert np.abs(left.T @ square).max() == pytest.approx(0, abs=1e-15)
    wide = np.column_stack([square, [1.0, 0.0, 1.0]])
    right, left = null_vectors(wide)
    assert (right.shape, left.shape) == ((4, 2), (3, 1))
    assert np.abs(wide @ right).max() == pytest.approx(0, abs=1e-15)


def test_spectrum_counts_and_orders():
    spectrum = BranchSpectrum.of(np.array([[0.5, -2, 0], [2, 0.5, 0], [0, 0, -3]]))
    assert spectrum.unstable == 2
    assert spectrum.real == pytest.approx([-3, 0.5, 0.5])
    assert spectrum.margin == pytest.approx(0.5 / 3)
    assert neutral_sum(spectrum) is None
    assert neutral_sum(BranchSpectrum.of(np.diag([1.0, -3.0, -0.25]))) == pytest.approx(0.75)
    assert unstable_besides(BranchSpectrum.of(np.diag([1e-14, 1.0, -2.0])), 1) == 1


def test_a_parabola_that_touches_zero_is_suspected_and_a_straight_line_is_not():
    def spectra(function):
        return tuple(BranchSpectrum.of(np.array([[function(s)]])) for s in (0.0, 1.0, 2.0))

    assert may_touch_axis(spectra(lambda s: (s - 1.4) ** 2 - 0.01), 1.0, 1.0)[1]
    assert may_touch_axis(spectra(lambda s: -((s - 0.5) ** 2) + 0.01), 1.0, 1.0)[0]
    assert may_touch_axis(spectra(lambda s: 0.1 + 0.3 * s), 1.0, 1.0) == (False, False)
    assert may_touch_axis(spectra(lambda s: 5 + s**2), 1.0, 1.0) == (False, False)


def test_the_cubic_between_two_points_is_of_fourth_order(family):
    f = ds.compile_system(ds.system_from_equations({"x": "m - sin(x)"}, parameters={"m": None}))
    family = OneParameterField.of(f, "m", (0, 1))
    tracer = Tracer.around(family, ds.PseudoArclength(), np.array([0.2]))
    errors = []
    for h in (0.2, 0.1):
        points = [tracer.point(np.array([x]), np.sin(x), (np.ones(1), 1.0), spectrum=False) for x in (0.3, 0.3 + h)]
        x, value = tracer.between(*points, 0.5)
        errors.append(abs(value - np.sin(x[0])))
    assert errors[0] / errors[1] == pytest.approx(16, rel=0.2)
