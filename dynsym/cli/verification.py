"""Verdicts on claims: proved, refuted with a counterexample, supported, undecided, or vacuous.

    dynsym verify                          every claim of the catalogue
    dynsym verify --list
    dynsym verify ninou2025.eq12 my_claims.toml
    dynsym verify my_claims.toml --json > verdicts.json
    dynsym verify --recheck verdicts.json
    dynsym verify --paper ninou2025 --report verdicts.html

A word is an id of the catalogue, a claim file (all of its claims), or FILE:ID. Each claim has a limit of
time of its own; --budget sets another one for all. --recheck goes through stored arguments with the
kernel, without searching.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynsym.cli.arguments import CommandParser, positive_number, whole_number
from dynsym.cli.screen import Screen
from dynsym.errors import ParameterError, unreadable

if TYPE_CHECKING:
    from dynsym.claims import Claim, Verdict

__all__ = ["add_arguments", "run"]

REASON = 200
NOT_PROVED = 3


def add_arguments(parser: CommandParser) -> None:
    """The options of ``dynsym verify``."""
    parser.add_argument(
        "claims", nargs="*", metavar="CLAIM", help="id of a claim, claim file, or FILE:ID; default: all"
    )
    parser.add_argument("--paper", metavar="KEY", help="the claims of one paper of the catalogue")
    parser.add_argument("--list", action="store_true", help="list the claims, and prove nothing")
    parser.add_argument("--report", metavar="FILE.html", help="write a report with formulas and arguments")
    parser.add_argument("--recheck", metavar="FILE", help="re-check the arguments that --json stored in a file")
    parser.add_argument("--budget", metavar="SECONDS", help="limit of time for each claim")
    parser.add_argument("--processes", metavar="N", help="how many claims are worked on at a time; 2 by default")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Verify, list, or re-check."""
    seconds = positive_number(options.budget, "--budget")
    processes = whole_number(options.processes, "--processes", least=1)
    if options.recheck is not None:
        return _recheck(options, screen)
    if options.list:
        return _list(options, screen)
    from dynsym._budget import Budget
    from dynsym.claims import verify_all

    total = len(_claims(options))
    done: list[str] = []
    with screen.progress("claims") as show:

        def tell(verdict: Verdict) -> None:
            done.append(verdict.id)
            show(len(done) / max(total, 1))

        given = None if not options.claims else options.claims
        budget = None if seconds is None else Budget(seconds=seconds)
        verdicts = verify_all(given, paper=options.paper, processes=processes or 2, budget=budget, progress=tell)
    if options.report is not None:
        from dynsym.cli.verdict_report import verdict_report

        path = verdict_report(verdicts, options.report)
        screen.remark(f"report: {path}")
    if options.json:
        screen.json({"kind": "verdicts", "claims": [verdict.to_json() for verdict in verdicts]})
    else:
        _show(verdicts, screen)
    open_ones = [verdict for verdict in verdicts if verdict.verdict in {"undecided", "supported"}]
    return NOT_PROVED if options.strict and open_ones else 0


def _claims(options: argparse.Namespace) -> list[Claim]:
    """The claims that the words name."""
    from dynsym.claims import CLAIMS
    from dynsym.claims.proving.verifying import claims_of

    found: list[Claim] = []
    if options.paper is not None:
        found += CLAIMS.of_paper(options.paper)
    for word in options.claims or (() if options.paper is not None else CLAIMS):
        found += claims_of(word)
    return found


def _list(options: argparse.Namespace, screen: Screen) -> int:
    claims = _claims(options)
    if options.json:
        listed = [{"id": c.id, "statement": c.statement, "source": c.source} for c in claims]
        screen.json({"kind": "claims", "claims": listed})
        return 0
    screen.table(["claim", "statement"], [[claim.id, claim.statement] for claim in claims])
    screen.line(f"{len(claims)} claims")
    return 0


def _show(verdicts: tuple[Verdict, ...], screen: Screen) -> None:
    """One block a claim: verdict, scope, reason, counterexample, correction."""
    from dynsym.claims.verdict import counterexample_text
    from dynsym.cli.texts import cut

    screen.table(
        ["verdict", "claim", "scope", "seconds"],
        [[v.verdict, v.id, cut(v.scope, 60), f"{v.seconds:.1f}"] for v in verdicts],
        right=["seconds"],
    )
    for verdict in verdicts:
        screen.line()
        screen.paragraph(f"{verdict.id}: {verdict.verdict}. {verdict.statement or verdict.goal}")
        if verdict.reason:
            screen.paragraph(cut(verdict.reason, REASON), indent="    ")
        if verdict.counterexample:
            screen.paragraph(f"counterexample: {counterexample_text(verdict.counterexample)}", indent="    ")
        if verdict.corrected:
            screen.paragraph(f"corrected: {verdict.corrected}", indent="    ")
        for note in verdict.notes:
            screen.paragraph(f"note: {cut(note, REASON)}", indent="    ")
    counted = Counter(verdict.verdict for verdict in verdicts)
    words = ", ".join(f"{number} {word}" for word, number in counted.items())
    screen.line()
    screen.line(f"{len(verdicts)} claims: {words}" if verdicts else "no claims")


def _recheck(options: argparse.Namespace, screen: Screen) -> int:
    """Go through stored arguments; a step that fails is named, and so is one that the kernel has to trust."""
    from dynsym.claims import Verdict
    from dynsym.claims.rechecking import recheck_verdict

    found = [recheck_verdict(Verdict.from_json(entry)) for entry in _stored(Path(options.recheck))]
    failed = [entry for entry in found if entry.failed]
    trusted = [entry for entry in found if entry.trusted and not entry.failed]
    if options.json:
        screen.json({"kind": "recheck", "claims": [entry.to_json() for entry in found]})
    else:
        for entry in found:
            screen.paragraph(f"{entry.id}: {entry}")
        screen.line(f"{len(found)} claims: {len(failed)} failed, {len(trusted)} rest on steps that are trusted")
    if failed:
        return 1
    return NOT_PROVED if options.strict and trusted else 0


def _stored(path: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise unreadable(path, error, "a file that dynsym verify --json wrote") from error
    except ValueError as error:
        raise ParameterError(f"{path} is no JSON: {error}. Give a file that dynsym verify --json wrote.") from error
    claims = content.get("claims") if isinstance(content, dict) else None
    if not isinstance(claims, list) or not all(isinstance(entry, dict) for entry in claims):
        raise ParameterError(f"{path} holds no verdicts. Give a file that dynsym verify --json wrote.")
    return claims
