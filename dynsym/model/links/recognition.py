"""The form "linear plus one-variable links" of the equilibrium equations.

Equilibria of a rate network, in whichever form it is written, are the solutions of

    y = bias + W φ(y) + φ(y) ∘ (K φ(y)²),

one unknown y_k for each link v_k = φ_k(y_k); K comes from Hebbian weights at their steady state w0 + k v_i v_j.
Counting works on this form. It is read off the template in time linear in the edges, and recognised in plain equations
where it is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dynsym.model.system import SymbolicSystem
from dynsym.model.links.form import LinkForm

__all__ = ["recognise_links"]


def recognise_links(system: SymbolicSystem) -> LinkForm | None:
    """The link form of a system, or None where it has none."""
    from dynsym.model.links.of_equations import links_of_equations
    from dynsym.model.links.of_template import links_of_template

    if system.template is not None:
        found = links_of_template(system.template)
        if found is not None:
            return found
    return links_of_equations(system)
