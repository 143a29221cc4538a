"""Numbers that say how far they can be trusted.

Outward rounding, intervals, balls, jets, and tapes that run on any of them.
"""
