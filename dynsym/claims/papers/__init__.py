"""The claims of published papers, one file a paper.

A file ``<key>.py`` has ``PAPER``, its reference in one line, and ``CLAIMS``, a tuple of `Claim` whose ids are
``<key>.<name>``. Goals are given as functions, so that nothing is computed before a claim is asked for.
"""

__all__: list[str] = []
