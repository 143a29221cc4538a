"""Stored verdicts checked again, step by step."""

from dynsym.claims.rechecking.verdicts import recheck_verdict

__all__ = ["recheck_verdict"]
