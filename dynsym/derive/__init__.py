"""Closed forms."""
from dynsym.derive.conditions import *
from dynsym.derive.equilibria import symbolic_equilibria, symmetric_equilibrium
