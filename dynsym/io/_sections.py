"""The sections of a report: each reads an `Analysis` and says beside every item how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from dynsym import plot
from dynsym.io.html import Markup, badge, details, figure, paragraph, section, table, text
from dynsym.io.mathml import display, inline, system_of_equations
from dynsym.results import Analysis, BifurcationCondition, CountStaircase
from dynsym.results.ledger import told
from dynsym.results.sheets import Sheet, Sure, agreement_sheet, conditions_sheet, parts_sheet, staircase_sheet

__all__ = ["closed_forms", "counts", "decomposition", "diagram", "provenance", "summary", "system", "trust"]

JACOBIAN_SHOWN = 6
EQUATIONS_SHOWN = 12
ROWS_SHOWN = 60


def number(value: float | None, digits: int = 10) -> str:
    """A number for a table, or a dash."""
    return "–" if value is None else f"{value:.{digits}g}".replace("-", "−")


def summary(analysis: Analysis) -> Markup:
    """Title, one sentence, and what is proved."""
    low, high = analysis.span
    lead = f"{len(analysis.equations)} states; {analysis.parameter} from {number(low)} to {number(high)}."
    found = [f"{len(analysis.conditions)} bifurcation conditions"]
    if analysis.counts is not None and len(analysis.counts):
        found.append(_count_words(analysis.counts))
    if analysis.diagram is not None:
        found.append(f"{len(analysis.diagram)} branches with {len(analysis.diagram.special)} special points")
    differences = [row.difference for row in analysis.agreement if row.difference is not None]
    if differences:
        how = f"to {number(max(differences), 2)}" if max(differences) > 0 else "to the last digit"
        found.append(f"closed form and continuation agree {how} at {len(differences)} points")
    items = "".join(f"<li>{text(item)}</li>" for item in found)
    sentences = "".join(
        f"<li>{text(statement.text)} {badge(statement.verdict)}"
        f"{' <span class=soft>' + text(statement.reason) + '</span>' if statement.reason else ''}</li>"
        for statement in analysis.statements
    )
    return Markup(
        f"<h1>{text(analysis.name)}</h1>{paragraph(lead, kind='lead')}"
        f"{paragraph(analysis.source, kind='soft') if analysis.source else ''}<ul>{sentences}{items}</ul>"
    )


def system(analysis: Analysis) -> Markup:
    """The network, the equations, the parameters, the Jacobian."""
    parts: list[object] = []
    if analysis.network is not None:
        net = analysis.network
        size = (4.6, 2.4) if net.size <= 2 else (4.6, 4.2) if net.size <= 12 else (6.0, 5.6)
        caption = net.reference or ""
        words = f"network of {net.size} nodes and {len(net.edges)} edges"
        parts.append(figure(lambda ax: plot.network(net, ax=ax), caption, size=size, describe=words))
    shown = dict(list(analysis.equations.items())[:EQUATIONS_SHOWN])
    parts.append(Markup(f'<div class="formula">{system_of_equations(shown)}</div>'))
    if len(analysis.equations) > len(shown):
        parts.append(paragraph(f"… and {len(analysis.equations) - len(shown)} more equations", kind="soft"))
    if analysis.parameters:
        rows = [
            (Markup(inline(name)), "moved" if name == analysis.parameter else _value(value))
            for name, value in list(analysis.parameters.items())[:ROWS_SHOWN]
        ]
        parts.append(table(("parameter", "value"), rows))
    if analysis.jacobian is not None and analysis.jacobian.shape[0] <= JACOBIAN_SHOWN:
        parts.append(details("Jacobian", Markup(f'<div class="formula">{display(analysis.jacobian)}</div>')))
    if analysis.characteristic_polynomial is not None:
        body = Markup(f'<div class="formula">{display(analysis.characteristic_polynomial)}</div>')
        parts.append(details("Characteristic polynomial", body))
    return section("The system", *parts)


def _value(value: Any) -> object:
    return "symbolic" if value is None else Markup(inline(value))


def closed_forms(analysis: Analysis) -> Markup:
    """Every condition: where, which kind, normal form, how sure; the rest folded away."""
    open_cells = told(analysis.conditions.open) or (analysis.conditions.ledger(),)
    items = "".join(f"<li>{text(line)}</li>" for line in open_cells)
    ledger = Markup(f"<h3>{'Complete' if analysis.conditions.complete else 'Not examined'}</h3><ul>{items}</ul>")
    if not analysis.conditions:
        return section("Closed forms", paragraph("No bifurcation condition was found in closed form."), ledger)
    rest = [_derivation(condition) for condition in analysis.conditions[:ROWS_SHOWN]]
    return section("Closed forms", _table(conditions_sheet(analysis.conditions, analysis.parameter)), ledger, *rest)


def _table(sheet: Sheet) -> Markup:
    rows = [[_cell(cell) for cell in row] for row in sheet.rows[:ROWS_SHOWN]]
    left = len(sheet.rows) - ROWS_SHOWN
    more = paragraph(f"… and {left} more, in the saved results.", kind="soft") if left > 0 else ""
    return Markup(table([_cell(cell) for cell in sheet.head], rows, numbers=sheet.right) + more)


def _cell(cell: Any) -> Markup:
    if isinstance(cell, tuple):
        return Markup(", ".join(map(_cell, cell)))
    if isinstance(cell, Mapping):
        return _at(cell)
    if isinstance(cell, sympy.Basic):
        return Markup(inline(sympy.together(cell) if isinstance(cell, sympy.Expr) else cell))
    return badge(cell) if isinstance(cell, Sure) else text("–" if cell == "-" else cell)


def _at(states: Mapping[str, Any]) -> Markup:
    if all(value == 0 for value in states.values()):
        return text("the\u00a0origin")
    shown = [sympy.Eq(sympy.Symbol(name), value, evaluate=False) for name, value in list(states.items())[:4]]
    return Markup(", ".join(map(inline, shown)) + (" …" if len(states) > 4 else ""))


def _derivation(condition: BifurcationCondition) -> Markup:
    place = number(condition.value, 6) if condition.solution is None else condition.solution
    words = f"{condition.kind.replace('_', ' ')} at {condition.parameter} = {place}"
    return details(words if len(words) < 90 else words[:89] + "…", _table(parts_sheet(condition)))


def counts(analysis: Analysis) -> Markup:
    """The staircase and its runs."""
    staircase = analysis.counts
    if staircase is None or not len(staircase):
        return Markup("")
    picture = figure(
        lambda ax: plot.count(staircase, ax=ax),
        f"Number of equilibria along {analysis.parameter}.",
        size=(6.6, 3.6),
        describe=_count_words(staircase),
    )
    note = "Proved at each listed point of the grid; between the points nothing is claimed." if staircase.counts else ""
    return section("Number of equilibria", picture, _table(staircase_sheet(staircase)), paragraph(note, kind="soft"))


def _count_words(staircase: CountStaircase) -> str:
    entries = staircase.counts or staircase.intervals
    proved = sum(entry.status == "proved" for entry in entries)
    where = "points" if staircase.counts else "intervals"
    values = [count.lower for count in staircase.counts] or [interval.count for interval in staircase.intervals]
    numbers = ", ".join(map(str, sorted(set(values))))
    return f"{proved} of {len(entries)} counts proved ({where}); numbers of equilibria: {numbers}"


def diagram(analysis: Analysis) -> Markup:
    """The diagram, and special points beside their closed forms."""
    found = analysis.diagram
    if found is None:
        return Markup("")
    state = found.state_names[0] if len(found.state_names) <= 12 else None
    words = f"bifurcation diagram with {len(found)} branches and {len(found.special)} special points"
    caption = "Stable branches solid, unstable ones dashed; vertical lines are closed forms."
    parts: list[object] = [
        figure(lambda ax: plot.bifurcation(found, state=state, ax=ax), caption, size=(7.2, 4.8), describe=words)
    ]
    if analysis.agreement:
        parts += [Markup("<h3>Closed form beside located</h3>"), _table(agreement_sheet(analysis.agreement))]
    failed = sum(outcome.is_failure for branch in found for outcome in branch.outcomes)
    if failed:
        parts.append(
            paragraph(f"{failed} branch ends stopped early; their reasons are in the saved diagram.", kind="soft")
        )
    return section("Bifurcation diagram", *parts)


def decomposition(analysis: Analysis) -> Markup:
    """Gradient and curl."""
    found = analysis.decomposition
    if found is None:
        return Markup("")
    parts: list[object] = []
    if found.symmetric is not None:
        words = "symmetric and antisymmetric part of the Jacobian"
        parts.append(
            figure(
                lambda ax: plot.decomposition(found, ax=ax),
                "Symmetric and antisymmetric part of the Jacobian.",
                size=(7.2, 4.0),
                describe=words,
            )
        )
    rows: list[tuple[object, object, object]] = [
        (f"gradient flow, {scope} metric", found.reasons.get(scope, ""), badge(verdict))
        for scope, verdict in found.is_gradient.items()
    ]
    parts.append(table(("claim", "reason", "trust"), rows))
    facts: list[tuple[object, object]] = [("metric", found.metric)]
    if found.curl_share is not None:
        share = found.curl_share
        shown: object = Markup(inline(share)) if isinstance(share, sympy.Basic) else number(float(share), 6)
        facts.append(("share of curl in the squared norm of the Jacobian", shown))
    if found.violating_cycle is not None:
        facts.append(
            ("cycle with two different products", " → ".join([*found.violating_cycle[:12], found.violating_cycle[0]]))
        )
    if found.cause is not None:
        facts.append(("synapse that causes most curl", f"{found.cause[0]} → {found.cause[1]}"))
    if found.potential is not None:
        facts.append(("potential", Markup(inline(found.potential))))
        facts.append(("which is", found.reasons.get("potential", "")))
    facts += [("conserved", Markup(inline(integral))) for integral in found.integrals]
    return section("Gradient and curl", *parts, table(("what", "value"), facts))


def trust(analysis: Analysis) -> Markup:
    """What each kind of statement rests on."""
    rows = [
        (
            "closed forms",
            badge("proved"),
            "exact algebra; each was checked against independent numerics before it was returned",
        ),
        (
            "closed forms",
            badge("supported"),
            "eigenpairs of a large system in floating point, with their residuals checked",
        ),
        ("counts", badge("proved"), "branch and prune with outward rounding; every equilibrium carries a certificate"),
        ("equilibria", badge("certified"), "an interval test encloses exactly one solution within the stated radius"),
        (
            "branches, special points",
            badge("numeric"),
            "Newton's method to the stated residual; compared with closed forms above",
        ),
        ("anything undecided", badge("undecided"), "neither shown nor refuted within the limits: read it as unknown"),
    ]
    notes = "".join(f"<li>{text(note)}</li>" for note in analysis.notes)
    left_out = Markup(f"<h3>Left out</h3><ul>{notes}</ul>") if notes else ""
    return section("What you can trust", table(("result", "label", "rests on"), rows), left_out)


def provenance(analysis: Analysis) -> Markup:
    """Version, time, inputs, options, seed."""
    record = analysis.provenance.to_json()
    rows: list[tuple[object, object]] = [
        ("dynsym", record["version"]),
        ("made", record["created"]),
        ("model", record["inputs"] or analysis.name),
        ("hash of the model", record["inputs_hash"] or "–"),
        ("seed", "none" if record["seed"] is None else record["seed"]),
        ("time", f"{analysis.seconds:.3g} s"),
    ]
    rows += [(name, value) for name, value in record["options"].items()]
    return section("Provenance", table(("what", "value"), rows))
