"""The circuits of ``dynsym demo``, one file each.

A file has a `TITLE`, a function `work` of a few lines that a user would write (they are printed as they stand),
`show`, which prints what they found, and `to_json` and `pictures`, which pass it on. Nothing about a circuit is known
in advance.
"""

from __future__ import annotations

__all__ = ["DEMONSTRATIONS"]

DEMONSTRATIONS = {
    "pyloric": "three inhibitory neurons of a crab: pitchforks, no Hopf point, counts, diagram",
    "ei": "an excitatory and an inhibitory neuron: where they begin to oscillate, for every parameter",
    "hebb": "two neurons with plastic synapses: a pitchfork as learning becomes anti-Hebbian",
    "worm": "the 302 neurons of C. elegans: census, first instability, curl, the branch that is born",
}
"""Name of a demonstration, and file here -> what it shows; the first is the default."""
