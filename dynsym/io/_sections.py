"""The sections of a report: each reads an `Analysis` and says beside every item how sure it is."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import sympy

from dynsym import plot
from dynsym.io.html import Markup, badge, details, figure, paragraph, section, table, text
from dynsym.io.mathml import display, inline, system_of_equations
from dynsym.results import Agreement, Analysis, BifurcationCondition, CountStaircase

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
    if not analysis.conditions:
        return section("Closed forms", paragraph("No bifurcation condition was found in closed form."))
    rows = [
        (
            condition.kind.replace("_", " "),
            badge(condition.verdict),
            _solution(condition),
            number(condition.value),
            _at(condition),
            condition.criticality or "–",
            _coefficient(condition),
            Markup(inline(condition.frequency)) if condition.frequency is not None else "–",
        )
        for condition in analysis.conditions[:ROWS_SHOWN]
    ]
    head = ("kind", "trust", "closed form", "value", "at", "criticality", "coefficient", "frequency")
    rest = [_derivation(condition) for condition in analysis.conditions[:ROWS_SHOWN]]
    return section("Closed forms", table(head, rows, numbers=(3,)), _cut(len(analysis.conditions)), *rest)


def _solution(condition: BifurcationCondition) -> Markup:
    if condition.solution is None:
        return Markup(inline(sympy.Eq(condition.equation, 0, evaluate=False)))
    solution = sympy.together(condition.solution)
    return Markup(inline(sympy.Eq(sympy.Symbol(condition.parameter), solution, evaluate=False)))


def _at(condition: BifurcationCondition) -> Markup:
    if all(value == 0 for value in condition.at.values()):
        return text("the\u00a0origin")
    shown = [sympy.Eq(sympy.Symbol(name), value, evaluate=False) for name, value in list(condition.at.items())[:4]]
    more = " …" if len(condition.at) > 4 else ""
    return Markup(", ".join(map(inline, shown)) + more)


def _coefficient(condition: BifurcationCondition) -> Markup:
    if condition.coefficient is None:
        return text("–")
    rounded = condition.coefficient.is_Float or sympy.count_ops(condition.coefficient) > 25
    if condition.coefficient_value is not None and rounded:
        return text(number(condition.coefficient_value, 6))
    return Markup(inline(sympy.together(condition.coefficient)))


def _derivation(condition: BifurcationCondition) -> Markup:
    rows: list[tuple[object, object]] = [
        ("degeneracy", Markup(inline(sympy.Eq(condition.equation, 0, evaluate=False))))
    ]
    for name in ("nondegeneracy", "transversality"):
        value = getattr(condition, name)
        if value is not None:
            rows.append((name.replace("non", "non-"), Markup(inline(sympy.Ne(value, 0, evaluate=False)))))
    for constraint in condition.constraints:
        shown = (
            constraint
            if isinstance(constraint, sympy.logic.boolalg.Boolean)
            else sympy.Eq(constraint, 0, evaluate=False)
        )
        rows.append(("constraint", Markup(inline(shown))))
    if condition.normalisation:
        rows.append(("normalisation", condition.normalisation))
    rows += [("assumption", assumption) for assumption in condition.assumptions]
    rows += [("reduction", reduction) for reduction in condition.reductions]
    place = number(condition.value, 6) if condition.solution is None else condition.solution
    words = f"{condition.kind.replace('_', ' ')} at {condition.parameter} = {place}"
    return details(words if len(words) < 90 else words[:89] + "…", table(("part", "what holds"), rows))


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
    if staircase.intervals:
        head: tuple[str, ...] = (f"{analysis.parameter} from", "to", "equilibria", "trust")
        rows = [
            (number(interval.start), number(interval.end), interval.count, badge(interval.status.replace("_", " ")))
            for interval in staircase.intervals
        ]
        return section(
            "Number of equilibria", picture, table(head, rows[:ROWS_SHOWN], numbers=(0, 1, 2)), _cut(len(rows))
        )
    runs = [
        (key, list(members))
        for key, members in groupby(
            staircase.counts, lambda count: (count.status, count.lower, count.upper, count.stable)
        )
    ]
    head = (f"{analysis.parameter} from", "to", "equilibria", "trust", "stable", "points")
    lines = [
        (
            number(members[0].parameters[staircase.parameter], 6),
            number(members[-1].parameters[staircase.parameter], 6),
            lower if lower == upper else f"{lower} to {'?' if upper is None else upper}",
            badge(status.replace("_", " ")),
            "–" if stable is None else stable,
            len(members),
        )
        for (status, lower, upper, stable), members in runs
    ]
    note = paragraph("Proved at each listed point of the grid; between the points nothing is claimed.", kind="soft")
    found = table(head, lines[:ROWS_SHOWN], numbers=(0, 1, 2, 4, 5))
    return section("Number of equilibria", picture, found, _cut(len(lines)), note)


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
        head = ("point", "trust", "closed form", "value", "located", "difference", "coefficient", "located")
        rows = [_agreement_row(row) for row in analysis.agreement[:ROWS_SHOWN]]
        parts += [Markup("<h3>Closed form beside located</h3>"), table(head, rows, numbers=(3, 4, 5, 6, 7))]
        parts.append(_cut(len(analysis.agreement)))
    failed = sum(outcome.is_failure for branch in found for outcome in branch.outcomes)
    if failed:
        parts.append(
            paragraph(f"{failed} branch ends stopped early; their reasons are in the saved diagram.", kind="soft")
        )
    return section("Bifurcation diagram", *parts)


def _agreement_row(row: Agreement) -> tuple[object, ...]:
    condition, point = row.condition, row.point
    located = None if point is None else point.normal_form_coefficient
    if row.agrees is None:
        trusted = badge("closed form only" if condition is not None else "numeric")
    else:
        trusted = badge("both agree" if row.agrees else "they differ")
    return (
        point.label if point is not None else f"{row.kind} (not located)",
        trusted,
        _solution(condition) if condition is not None else "–",
        number(row.exact_value),
        number(row.located_value),
        number(row.difference, 2),
        number(None if condition is None else condition.coefficient_value, 6),
        number(located, 6),
    )


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


def _cut(rows: int) -> Markup:
    left = rows - ROWS_SHOWN
    return paragraph(f"… and {left} more, in the saved results.", kind="soft") if left > 0 else Markup("")
