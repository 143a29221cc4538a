"""What functions are, one file a function: values, ranges, derivatives, inverses, chords, texts, and activations.

A function becomes known to the whole library by a subclass of `Function`, an activation by one of `Activation`, in a
file of its own that is imported here.
"""

from dynsym.functions import elementary as elementary
from dynsym.functions.activation import Activation, ScaledActivation
from dynsym.functions.any_sigmoid import AnySigmoid
from dynsym.functions.erf import Erf
from dynsym.functions.function import Function
from dynsym.functions.linear import Linear
from dynsym.functions.logistic import Logistic, logistic
from dynsym.functions.polynomial import Polynomial
from dynsym.functions.rectified import Rectified, relu, step
from dynsym.functions.softplus import Softplus, softplus
from dynsym.functions.tanh import Tanh

__all__ = [
    "Activation",
    "AnySigmoid",
    "Erf",
    "Function",
    "Linear",
    "Logistic",
    "Polynomial",
    "Rectified",
    "ScaledActivation",
    "Softplus",
    "Tanh",
    "logistic",
    "relu",
    "softplus",
    "step",
]
