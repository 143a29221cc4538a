"""The pictures of README and of the guide, made through the public names: ``python docs/pictures.py``."""

from collections.abc import Callable
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt

import dynsym as ds

FOLDER = Path(__file__).parent / "_static"


def pyloric() -> None:
    """The circuit, its bifurcation diagram and its proved counts: the picture on top of README."""
    net = ds.load_network("pyloric")
    system = ds.build_system(net, node=ds.LeakyRate(ds.Tanh()), gain="g")
    conditions = ds.find_conditions(system, parameter="g", at=0, span=(0, 3))
    counts = ds.count_along(system, parameter="g", span=(0.05, 3), points=60)
    diagram = ds.bifurcation_diagram(
        system, parameter="g", span=(0, 3), conditions=conditions, counts=counts.counts[::20]
    )
    figure = plt.figure(figsize=(9.5, 4.6), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1, 2.1))
    ds.plot.network(net, ax=left.subplots())
    top, bottom = right.subplots(2, 1, sharex=True, height_ratios=(2.6, 1))
    ds.plot.bifurcation(diagram, state="AB_PD", ax=top)
    ds.plot.count(counts, ax=bottom)
    top.set_xlabel("")
    top.set_ylabel("AB/PD")
    bottom.set_ylabel("equilibria")
    save(figure, "pyloric")


def counts() -> None:
    """Proved counts of two neurons that excite each other, on whole intervals."""
    pair = ds.build_system(ds.motifs.bidirectional(weight=1), node=ds.LeakyRate(ds.Tanh()), gain="g")
    figure, axes = plt.subplots(figsize=(5.5, 2.6), layout="constrained")
    ds.plot.count(ds.count_along(pair, parameter="g", span=(0.5, 3)), ax=axes)
    axes.set_ylim(0, 7)  # room for the legend
    save(figure, "counts")


def split() -> None:
    """The two parts of the pyloric circuit's Jacobian at the origin."""
    system = ds.build_system(ds.load_network("pyloric"), node=ds.LeakyRate(ds.Tanh()), gain="g")
    figure, axes = plt.subplots(figsize=(6, 3.2))
    ds.plot.decomposition(ds.decompose(system, at=0, values={"g": 1}), ax=axes)
    save(figure, "split")


def imperfect() -> None:
    """A pitchfork that a small bias breaks into a fold and a branch of its own."""
    system = ds.system_from_equations({"x": "-x + g*tanh(x) + b"}, parameters={"g": None, "b": "1/20"})
    figure, axes = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
    ds.plot.bifurcation(ds.bifurcation_diagram(system, parameter="g", span=(0, 3)), ax=axes)
    save(figure, "imperfect")


def landscape() -> None:
    """Basins of a pair before and after its pitchfork, with the levels of its energy."""
    pair = ds.build_system(ds.motifs.bidirectional(weight=1), node=ds.LeakyRate(ds.Tanh()), gain="g")
    figure, axes = plt.subplots(1, 2, figsize=(9, 4.4), layout="constrained")
    plane = {"x1": (-3.2, 3.2), "x2": (-3.2, 3.2)}
    for ax, g in zip(axes, (0.8, 2), strict=True):
        energy = ds.energy_function(pair, values={"g": g})
        ds.plot.landscape(ds.basins(pair, values={"g": g}, plane=plane, energy=energy), ax=ax)
        ax.set_title(f"g = {g}", loc="left", fontsize=10, y=1.08)
    save(figure, "landscape")


def save(figure: plt.Figure, name: str) -> None:
    """Write a picture without metadata, so that the same picture is the same file."""
    FOLDER.mkdir(exist_ok=True)
    figure.savefig(FOLDER / f"{name}.png", dpi=130, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)


PICTURES: tuple[Callable[[], None], ...] = (pyloric, counts, split, imperfect, landscape)

if __name__ == "__main__":
    for picture in PICTURES:
        picture()
