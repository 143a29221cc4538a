"""Sections of docstrings that come from the signature."""

from __future__ import annotations

from dynsym._docstrings import documented


def _example():
    @documented("ValueError: If the text is empty.", {"seed": "int\n    Any number."})
    def drawn(text: str, size: int = 3, *rest: float, seed: int = 0) -> list[str]:
        """Some letters of a text.

        Parameters
        ----------
        size : int
            How many.

        Examples
        --------
        >>> drawn("a")
        """

    return drawn.__doc__


def test_what_is_missing_is_added_in_the_order_of_the_signature():
    assert _example().split("\n") == [
        "Some letters of a text.",
        "",
        *("Parameters", "----------", "text : str", "size : int", "    How many."),
        *("*rest : float", "seed : int", "    Any number.", ""),
        *("Returns", "-------", "list[str]", ""),
        *("Raises", "------", "ValueError", "    If the text is empty.", ""),
        *("Examples", "--------", '>>> drawn("a")'),
    ]
