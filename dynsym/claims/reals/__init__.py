"""Formulas over the reals: proved by algebra, solvers and intervals, refuted by points."""

__all__: list[str] = []
