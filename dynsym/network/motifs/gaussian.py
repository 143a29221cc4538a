"""Random networks."""

from __future__ import annotations

import numpy as np

from dynsym.errors import GraphError
from dynsym.network.graph import Network
from dynsym.network.motifs._assembly import Names, node_names, refuse_many

__all__ = ["random_gaussian"]


def random_gaussian(
    size: int,
    g: float = 1.0,
    *,
    rng: np.random.Generator | int | None = None,
    bias_scale: float = 0.0,
    symmetric: bool = False,
    nodes: Names = None,
) -> Network:
    r"""Independent Gaussian weights of variance :math:`g^2/n`, self-loops included.

    The draw is ``G = rng.standard_normal((n, n)) * g / sqrt(n)``, then ``b = bias_scale * rng.standard_normal(n)`` if
    `bias_scale` is not 0. W is G, or :math:`(G + G^\top)/\sqrt 2` when `symmetric`.

    Parameters
    ----------
    size : int
        Number n of nodes.
    rng : numpy.random.Generator or int
        A generator, or a seed for ``numpy.random.default_rng``.
    nodes : sequence of str, optional

    Raises
    ------
    GraphError
        If there is no generator or seed, or the size is not positive.
    LimitError
        If there would be too many nodes or edges.

    Examples
    --------
    >>> import numpy as np
    >>> network = ds.motifs.random_gaussian(2, 3.0, rng=5)
    >>> drawn = np.random.default_rng(5).standard_normal((2, 2)) * 3.0 / np.sqrt(2)
    >>> bool((network.weight_matrix() == drawn).all())
    True
    """
    names = node_names(size, nodes, given=size)
    if rng is None:
        raise GraphError("A random network was asked for without a seed. Give rng=0 or a numpy.random.Generator.")
    refuse_many(size * size, f"A dense network of {size} nodes")
    generator = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    weights = generator.standard_normal((size, size)) * g / np.sqrt(size)
    bias = bias_scale * generator.standard_normal(size) if bias_scale else np.zeros(size)
    if symmetric:
        weights = (weights + weights.T) / np.sqrt(2)
    seed = "" if isinstance(rng, np.random.Generator) else f", seed {rng}"
    return Network.from_matrix(weights, names, bias=bias, name=f"random Gaussian, n = {size}, g = {g}{seed}")
