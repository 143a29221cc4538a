"""Compiled numerics: systems as fast functions, counts with proof, branches."""

from dynsym.compute.compiled import Arrays, CompiledSystem, Scalars, compile_system

__all__ = ["Arrays", "CompiledSystem", "Scalars", "compile_system"]
