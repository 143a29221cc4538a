"""The bundled networks; `dynsym/data/README.md` says where each comes from."""

from __future__ import annotations

import csv
from importlib import resources

import numpy as np

from dynsym._expressions import did_you_mean
from dynsym.errors import ModelNameError, ParameterError
from dynsym.network.edge_table import EdgeTable
from dynsym.network.elements import Node
from dynsym.network.graph import Network

__all__ = ["list_networks", "load_network"]

_JSON = ("cortical_ei", "pyloric")
_WORM = "c_elegans"
_WORM_REFERENCE = (
    "Cook et al. (2019), Nature 571:63-71, hermaphrodite, as read by the OpenWorm ConnectomeToolbox (MIT). "
    "Weight = total synapse size times the sign of the source: -1 for the 26 classical GABA neurons "
    "(McIntire et al. 1993), +1 for all others. That is a convention for a rate model, not a measured sign."
)


def list_networks() -> tuple[str, ...]:
    """Return the names of the bundled networks.

    Examples
    --------
    >>> ds.list_networks()
    ('c_elegans', 'cortical_ei', 'pyloric')
    """
    return tuple(sorted((*_JSON, _WORM)))


def load_network(name: str, *, gap_junctions: bool = False) -> Network:
    """Return a bundled network; its `reference` says where it comes from and what it leaves out.

    - ``"pyloric"``: the inhibitory connections among AB/PD, LP and PY of the crustacean pyloric circuit, all of weight
      -1 [1]_. A rate model is a caricature of this circuit.
    - ``"cortical_ei"``: an excitatory and an inhibitory population with the weights 16, -12, 15, -3 that
      Wilson and Cowan used for a limit cycle [2]_. Their inputs and sigmoids are not part of the graph.
    - ``"c_elegans"``: 302 neurons, 3,709 chemical connections [3]_. A weight is the synapse count times the sign of its
      source, -1 for the 26 classical GABA neurons [4]_ and +1 for the others: a convention, not a measurement.

    Parameters
    ----------
    gap_junctions : bool
        Only for ``"c_elegans"``: add the 1,105 electrical connections, each with its count in both directions. Where a
        chemical connection runs the same way the two weights add up. Edges are in the groups ``"chemical"``,
        ``"electrical"`` and ``"both"``, and nodes carry no `sign`. As weights they act through the output of the
        source, which is one more simplification: a gap junction passes a difference of voltages.

    Raises
    ------
    ModelNameError
        If there is no network of this name.
    ParameterError
        If gap junctions are asked of a network without data on them.

    References
    ----------
    .. [1] Prinz, Bucher, Marder (2004), Nature Neuroscience 7:1345-1352.
    .. [2] Wilson, Cowan (1972), Biophysical Journal 12:1-24, figure 11.
    .. [3] Cook et al. (2019), Nature 571:63-71.
    .. [4] McIntire, Jorgensen, Kaplan, Horvitz (1993), Nature 364:337-341.

    Examples
    --------
    >>> ds.load_network("pyloric").weight_matrix()
    array([[ 0., -1.,  0.],
           [-1.,  0., -1.],
           [-1., -1.,  0.]])
    """
    if name not in list_networks():
        hint = did_you_mean(str(name), list_networks()) or "."
        raise ModelNameError(f"There is no bundled network {name!r}{hint} There are {', '.join(list_networks())}.")
    if name == _WORM:
        return _c_elegans(gap_junctions)
    if gap_junctions:
        raise ParameterError(f"{name} has no data on gap junctions. Leave gap_junctions out, or use {_WORM!r}.")
    with resources.as_file(resources.files("dynsym") / "data" / f"{name}.json") as path:
        return Network.from_file(path)


def _c_elegans(gap_junctions: bool) -> Network:
    signs = {row["neuron"]: int(row["transmitter_sign"]) for row in _rows("c_elegans_neurons.csv")}
    weights: dict[tuple[str, str], float] = {}
    kinds: dict[tuple[str, str], str] = {}
    for row in _rows("c_elegans_connections.csv"):
        source, target, count, kind = row["source"], row["target"], int(row["synapses"]), row["kind"]
        if kind == "chemical":
            ways, weight = {(source, target)}, count * signs[source]
        elif gap_junctions:
            ways, weight = {(source, target), (target, source)}, count
        else:
            continue
        for way in sorted(ways):
            weights[way] = weights.get(way, 0) + weight
            kinds[way] = kind if kinds.get(way, kind) == kind else "both"
    names = tuple(signs)
    index = {neuron: position for position, neuron in enumerate(names)}
    nodes = tuple(
        Node(neuron, population="excitatory" if sign > 0 else "inhibitory", sign=None if gap_junctions else sign)
        for neuron, sign in signs.items()
    )
    edges = EdgeTable(
        names,
        np.array([index[source] for source, _ in weights]),
        np.array([index[target] for _, target in weights]),
        np.array(list(weights.values()), float),
        groups=tuple(kinds.values()),
    )
    reference = _WORM_REFERENCE
    if gap_junctions:
        reference += " Gap junctions are added as positive weights in both directions."
    return Network(nodes, edges, name="c_elegans, with gap junctions" if gap_junctions else _WORM, reference=reference)


def _rows(file: str) -> list[dict[str, str]]:
    text = (resources.files("dynsym") / "data" / file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
