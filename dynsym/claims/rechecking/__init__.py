"""Stored verdicts checked again, step by step."""
