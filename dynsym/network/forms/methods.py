"""A network from other forms of a graph and back: matrix, edge list, networkx graph, file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from dynsym.network.forms.files import parts_from_file, parts_to_file
from dynsym.network.forms.matrix import parts_from_matrix
from dynsym.network.forms.networkx_graph import parts_from_networkx, parts_to_networkx
from dynsym.network.forms.records import NetworkParts, parts_from_edges

if TYPE_CHECKING:
    from os import PathLike

    import networkx

    from dynsym.network.edge_table import EdgeTable
    from dynsym.network.elements import Node

__all__ = ["NetworkForms"]


class NetworkForms:
    """The ``from_*`` and ``to_*`` methods of `Network`; each form has a file of its own."""

    if TYPE_CHECKING:
        nodes: tuple[Node, ...]
        edges: EdgeTable
        name: str
        reference: str | None

        def __init__(self, nodes: Any, edges: Any, *, name: str, reference: str | None) -> None: ...

    @classmethod
    def _of(cls, parts: NetworkParts) -> Self:
        return cls(parts.nodes, parts.edges, name=parts.name, reference=parts.reference)

    def _parts(self) -> NetworkParts:
        return NetworkParts(self.nodes, self.edges, self.name, self.reference)

    @classmethod
    def from_matrix(
        cls,
        matrix: Any,
        nodes: Iterable[Node | str] | None = None,
        *,
        bias: Any = 0,
        name: str = "network",
        reference: str | None = None,
    ) -> Self:
        """Return the network of a weight matrix; ``matrix[i, j]`` is the weight onto i from j.

        A zero entry is no edge; edges come row by row.

        Parameters
        ----------
        matrix : array_like, sympy matrix, or nested sequence of numbers, texts and expressions, shape (n, n)
        nodes : iterable of Node or str, optional
            ``x1, x2, ...`` by default.
        bias : number, str, Expr or sequence
            One for all nodes, or one for each; when it is 0 the given nodes keep theirs.

        Raises
        ------
        GraphError
            The matrix is not square, has a size other than the nodes, or an entry that is not finite.

        Examples
        --------
        >>> ds.Network.from_matrix([[0, "w"], [0.5, 0]], ["a", "b"]).edges[0]
        Edge(source='b', target='a', weight=w, plastic=False, sign=1, group=None)
        """
        return cls._of(parts_from_matrix(matrix, nodes, bias=bias, name=name, reference=reference))

    @classmethod
    def from_edges(
        cls,
        edges: Iterable[Any],
        nodes: Iterable[Any] | None = None,
        *,
        name: str = "network",
        reference: str | None = None,
    ) -> Self:
        """Return the network of a list of edges.

        Parameters
        ----------
        edges : iterable of (source, target), (source, target, weight), mapping or Edge
            The keys of a mapping are the fields of `Edge`.
        nodes : iterable of name, mapping or Node, optional
            By default the nodes are those that the edges name, in order of appearance. An integer k becomes the name
            ``x_k`` and the tuple (k, l) becomes ``x_k_l``; the label keeps the original.

        Raises
        ------
        GraphError
            Parallel edges, a misspelt field, a weight that is not finite, two nodes of the same name.

        Examples
        --------
        >>> network = ds.Network.from_edges([("a", "b", 2), {"source": "b", "target": "a", "weight": "-w"}])
        >>> network.effective_weights()
        (2, -w)
        """
        return cls._of(parts_from_edges(edges, nodes, name, reference))

    @classmethod
    def from_networkx(
        cls,
        graph: networkx.Graph,
        *,
        ignore: Iterable[str] = (),
        name: str | None = None,
        reference: str | None = None,
    ) -> Self:
        """Return the network of a networkx graph.

        An edge u -> v of the graph brings input onto v from u. An undirected edge stands for both directions, a
        self-loop for one. Nodes and edges keep the order of the graph. A node that is an identifier keeps its name, an
        integer k becomes ``x_k``, a tuple (k, l) of integers becomes ``x_k_l``; the label keeps the original.

        Parameters
        ----------
        graph : networkx.Graph, DiGraph, MultiGraph or MultiDiGraph
            Attributes are the fields of `Node` and of `Edge`; a missing weight is 1.
        ignore : iterable of str
            Attributes of nodes and edges to leave out.
        name : str, optional
            By default the name of the graph.

        Raises
        ------
        GraphError
            Parallel edges, an attribute that is unknown or misspelt, two nodes that get the same name.
        ModelNameError
            A node name that cannot become an identifier.

        Examples
        --------
        >>> import networkx as nx
        >>> ds.Network.from_networkx(nx.DiGraph([(1, 2)])).weight_matrix()
        array([[0., 0.],
               [1., 0.]])
        """
        return cls._of(parts_from_networkx(graph, ignore=ignore, name=name, reference=reference))

    def to_networkx(self) -> networkx.DiGraph:
        """Return a `networkx.DiGraph` with source -> target edges; `from_networkx` gives back an equal network.

        Attributes at their defaults are left out, except the weight. A weight is an int or a float where that is exact,
        otherwise a sympy expression. Edges get a `position` where networkx would list them in another order.

        Examples
        --------
        >>> list(ds.Network(["a", "b"], [ds.Edge("a", "b", 2)]).to_networkx().edges(data="weight"))
        [('a', 'b', 2)]
        """
        return parts_to_networkx(self._parts())

    @classmethod
    def from_file(cls, path: str | PathLike[str], *, ignore: Iterable[str] = ()) -> Self:
        """Return the network in a file: GraphML, node-link JSON or a CSV edge list, told apart by extension.

        Parameters
        ----------
        path : path that ends in ``.graphml``, ``.json`` or ``.csv``
            A CSV file has a header with ``source``, ``target`` and any other fields of `Edge`.
        ignore : iterable of str
            Attributes of nodes and edges, or columns, to leave out.

        Raises
        ------
        GraphError
            As in `from_networkx` and `from_edges`.
        ModelParseError
            The file is not of the kind that its extension says, or is of no known kind.
        StorageError
            The file cannot be read.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "pair.csv")
        ...     _ = path.write_text("source,target,weight\\na,b,-w\\n")
        ...     ds.Network.from_file(path).effective_weights()
        (-w,)
        """
        return cls._of(parts_from_file(path, ignore=ignore))

    def to_file(self, path: str | PathLike[str]) -> None:
        """Write the network as GraphML, node-link JSON or a CSV edge list; `from_file` gives back an equal network.

        Parameters
        ----------
        path : path that ends in ``.graphml``, ``.json`` or ``.csv``
            A CSV file holds edges alone: a network whose nodes say more than their names is refused there.

        Raises
        ------
        GraphError
            The format cannot hold this network.
        ModelParseError
            No known extension.
        StorageError
            The file cannot be written.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> network = ds.Network(["a", "b"], [ds.Edge("a", "b", "w")], name="one way")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     network.to_file(pathlib.Path(folder, "pair.json"))
        ...     ds.Network.from_file(pathlib.Path(folder, "pair.json")) == network
        True
        """
        parts_to_file(self._parts(), path)
