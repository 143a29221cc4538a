"""Node rules and synapse rules, under one roof."""

from __future__ import annotations

from dynsym.model.local_rules import INPUT, POST, PRE, TIME_CONSTANT, WEIGHT, LocalNode, LocalSynapse, Plasticity, Rule
from dynsym.model.node_rules import LeakyRate, LeakyVoltage, NodeRule, WilsonCowan
from dynsym.model.synapse_rules import AntiHebbian, Hebbian, Oja, Static, SynapseRule

__all__ = [
    "INPUT",
    "POST",
    "PRE",
    "TIME_CONSTANT",
    "WEIGHT",
    "AntiHebbian",
    "Hebbian",
    "LeakyRate",
    "LeakyVoltage",
    "LocalNode",
    "LocalSynapse",
    "NodeRule",
    "Oja",
    "Plasticity",
    "Rule",
    "Static",
    "SynapseRule",
    "WilsonCowan",
]
