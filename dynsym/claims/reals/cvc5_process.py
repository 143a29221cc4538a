"""cvc5 in a process of its own: SMT-LIB text on standard input, one word on standard output.

cvc5 looks at its own limit of time too rarely to be asked inside the caller's process. Run as a script, so that nothing
but cvc5 is imported.
"""

from __future__ import annotations

import sys

__all__: list[str] = []


def main() -> int:
    """Answer ``sat``, ``unsat`` or ``unknown``."""
    import cvc5

    solver = cvc5.Solver()
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, sys.stdin.read().removesuffix("(check-sat)"), "claim")
    manager = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        command.invoke(solver, manager)
    result = solver.checkSat()
    print("unsat" if result.isUnsat() else "sat" if result.isSat() else "unknown")
    return 0


if __name__ == "__main__":
    sys.exit(main())
