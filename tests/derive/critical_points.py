"""Independent numerics for critical points: numpy eigenvectors and dense derivative tensors, textbook formulas.

Source of the formulas: Y Kuznetsov, Elements of Applied Bifurcation Theory, section 5.4.
"""

import itertools

import numpy as np


def eigenvectors(jacobian, eigenvalue):
    """q and w with J q = λ q, wᵀJ = λ wᵀ, |q| = 1, wᵀq = 1."""
    values, right = np.linalg.eig(jacobian)
    q = right[:, np.argmin(abs(values - eigenvalue))]
    values, left = np.linalg.eig(jacobian.T)
    w = left[:, np.argmin(abs(values - eigenvalue))]
    q = q / np.linalg.norm(q)
    return q, w / (w @ q)


def first_lyapunov(jacobian, second, third, omega):
    """l1 = Re G21/(2ω) with q̄·q = 1."""
    q, w = eigenvectors(jacobian, 1j * omega)
    bar, size = q.conj(), len(jacobian)

    def b(u, v):
        return np.einsum("ijk,j,k->i", second, u, v)

    mean = np.linalg.solve(jacobian, b(q, bar))
    double = np.linalg.solve(2j * omega * np.eye(size) - jacobian, b(q, q))
    terms = np.einsum("ijkl,j,k,l->i", third, q, q, bar) - 2 * b(q, mean) + b(bar, double)
    return float((w @ terms).real / (2 * omega))


def zero_mode(jacobian):
    """Real critical vectors, the largest entry of v positive."""
    v, w = (vector.real for vector in eigenvectors(jacobian, 0))
    v = v / np.linalg.norm(v) * np.sign(v[np.argmax(abs(v))])
    return v, w / (w @ v)


def quadratic(jacobian, second):
    """w·B(v,v)/2."""
    v, w = zero_mode(jacobian)
    return float(w @ np.einsum("ijk,j,k->i", second, v, v) / 2)


def cubic(jacobian, second, third):
    """w·(C(v,v,v) + 3 B(v,h))/6, J h = -B(v,v)."""
    v, w = zero_mode(jacobian)
    h = np.linalg.pinv(jacobian) @ -np.einsum("ijk,j,k->i", second, v, v)
    bent = np.einsum("ijk,j,k->i", second, v, h)
    return float(w @ (np.einsum("ijkl,j,k,l->i", third, v, v, v) + 3 * bent) / 6)


def rate_tensors(weights, gain):
    """Jacobian, second and third derivatives of -x + g W tanh x at 0."""
    size = len(weights)
    third = np.zeros((size,) * 4)
    for j in range(size):
        third[:, j, j, j] = -2 * gain * weights[:, j]
    return -np.eye(size) + gain * weights, np.zeros((size,) * 3), third


def polynomial_tensors(size, terms):
    """Second and third derivatives at 0 of fields with coefficients ``terms[i][powers as sorted indices]``."""
    second, third = np.zeros((size,) * 3), np.zeros((size,) * 4)
    for i, row in enumerate(terms):
        for places, coefficient in row.items():
            for order in itertools.permutations(places):
                (second if len(places) == 2 else third)[(i, *order)] += coefficient
    return second, third
