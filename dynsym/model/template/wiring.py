"""Which edges a template has, and which of them are plastic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dynsym.errors import ModelError
from dynsym.model.rules.edge_parameters import is_matrix, nonzero_places
from dynsym.model.rules.local_rules import LocalSynapse
from dynsym.network import Network
from dynsym.network.edge_table import EdgeTable

__all__ = ["Wiring"]


@dataclass(frozen=True, eq=False)
class Wiring:
    """The edges as arrays: the network's, then those that only a strength matrix names.

    Made by `Wiring.of`. `plastic` holds the positions of the edges whose weight is a state, ascending; `given` is the
    number of edges of the network itself.
    """

    onto: np.ndarray
    source: np.ndarray
    signs: np.ndarray
    groups: tuple[str | None, ...]
    plastic: np.ndarray
    given: int

    @classmethod
    def of(cls, network: Network, synapse: LocalSynapse | None) -> Wiring:
        """The wiring of a network under a synapse rule."""
        onto, source = network.edge_index()
        table = network.edges
        assert isinstance(table, EdgeTable)
        added: list[tuple[int, int]] = []
        plastic = np.zeros(0, dtype=int)
        if synapse is None:
            if network.has_plastic_edges:
                raise ModelError(
                    "The network has plastic edges and the synapse rule is Static. Give a rule, as in "
                    "synapse=Hebbian('k'), or build the network without plastic edges."
                )
        elif synapse.strength is not None and is_matrix(synapse.parameters[synapse.strength]):
            matrix = synapse.parameters[synapse.strength]
            position = {place: k for k, place in enumerate(zip(onto.tolist(), source.tolist(), strict=True))}
            chosen = []
            for place in nonzero_places(matrix, network.size, synapse.strength.name):
                if place not in position:
                    position[place] = len(onto) + len(added)
                    added.append(place)
                chosen.append(position[place])
            plastic = np.array(sorted(chosen), dtype=int)
        else:
            plastic = np.flatnonzero(table.plastic) if network.has_plastic_edges else np.arange(len(onto))
        more = np.array(added, dtype=int).reshape(-1, 2)
        return cls(
            np.concatenate([onto, more[:, 0]]),
            np.concatenate([source, more[:, 1]]),
            np.concatenate([table.signs, np.ones(len(more), dtype=table.signs.dtype)]),
            table.groups + (None,) * len(more),
            plastic,
            len(onto),
        )
