"""The form "linear plus one-variable links" of the equilibrium equations.

Equilibria of a rate network, in whichever form it is written, are the solutions of

    y = bias + W φ(y) + φ(y) ∘ (K φ(y)²),

one unknown y_k for each link v_k = φ_k(y_k); K comes from Hebbian weights at their steady state w0 + k v_i v_j.
Counting works on this form. It is read off the template in time linear in the edges, and recognised in plain equations
where it is there.
"""

from __future__ import annotations

from dynsym.model.links.form import LinkForm
from dynsym.model.links.of_equations import links_of_equations
from dynsym.model.links.of_template import links_of_template
from dynsym.model.system import SymbolicSystem

__all__ = ["link_form"]


def link_form(system: SymbolicSystem) -> LinkForm | None:
    """The form "linear plus one-variable links" of the equilibrium equations of a system.

    Returns
    -------
    LinkForm or None
        None where the equations have no such form. Worked out once a system; copies with other values share it.

    Examples
    --------
    >>> import dynsym as ds
    >>> ds.link_form(ds.system_from_equations({"x": "-x + 2*tanh(x) + 1"}))
    LinkForm(1 link: tanh (1); 1 weight, 0 cubic terms)
    """
    if "link_form" not in system.derived:
        system.derived["link_form"] = _recognised(system)
    return system.derived["link_form"]


def _recognised(system: SymbolicSystem) -> LinkForm | None:
    """The link form, read off the template where there is one, else recognised in the equations."""
    if system.template is not None:
        found = links_of_template(system.template)
        if found is not None:
            return found
    return links_of_equations(system)
