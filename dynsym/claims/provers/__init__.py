"""What dynsym can do with each kind of goal: reducers to formulas, provers and refuters. Importing it registers them."""

from dynsym.claims.provers import algebra, dynamics, formulas, logic

__all__: list[str] = []

_REGISTERED = (algebra, dynamics, formulas, logic)
