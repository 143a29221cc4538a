"""Activations, node rules, synapse rules, and the systems built from them."""

from dynsym._border import put_behind_border
from dynsym.functions import Activation, AnySigmoid, Erf, Linear, Logistic, Polynomial, Rectified, Softplus, Tanh
from dynsym.model.build import build_system, system_from_equations
from dynsym.model.files.model_files import load_system, save_system
from dynsym.model.links.form import LinkForm
from dynsym.model.links.recognition import link_form
from dynsym.model.matrices.matrix_system import MatrixSystem, system_from_matrices
from dynsym.model.reductions import freeze, restrict, shift, slave
from dynsym.model.rules.local_rules import Plasticity, Rule
from dynsym.model.rules.node_rules import LeakyRate, LeakyVoltage, NodeRule, WilsonCowan
from dynsym.model.rules.synapse_rules import AntiHebbian, Hebbian, Oja, Static, SynapseRule
from dynsym.model.system import SymbolicSystem

__all__ = [
    "Activation",
    "AntiHebbian",
    "AnySigmoid",
    "Erf",
    "Hebbian",
    "LeakyRate",
    "LeakyVoltage",
    "Linear",
    "LinkForm",
    "Logistic",
    "MatrixSystem",
    "NodeRule",
    "Oja",
    "Plasticity",
    "Polynomial",
    "Rectified",
    "Rule",
    "Softplus",
    "Static",
    "SymbolicSystem",
    "SynapseRule",
    "Tanh",
    "WilsonCowan",
    "build_system",
    "freeze",
    "link_form",
    "load_system",
    "restrict",
    "save_system",
    "shift",
    "slave",
    "system_from_equations",
    "system_from_matrices",
]

put_behind_border(globals(), __all__)
