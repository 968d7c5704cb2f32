"""How long does a body take to form, how true are its forces, and how do other tools lay out the same graphs?

python tests/bench/bench_layout.py networks [paper vgg16 resnet18 …]   CPU seconds and memory of whole processes
python tests/bench/bench_layout.py graphs [1000 10000 50000]          against graphviz sfdp and igraph
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import shortest_path

from installation.layout.edge_graph import graph_from
from installation.layout.multilevel import Settings, lay_out

STRESS = Settings(
    exponent=2.5, angle=1.2, centring=0.0, tries=1, rounds=8, coarse_rounds=20
)  # spreads a plain graph evenly
LOOK = Settings()
SHAPES = {1_000: (32, 4), 10_000: (104, 12), 50_000: (208, 30)}  # bins and channels of the first layers
LAYERS, CHANNELS, KERNEL = 8, 4, 3  # a vertex hears so many channels through so many bins
SOURCES = 50  # vertices from which distances are measured

Edges = NDArray[np.int64]


def layered(size: int) -> tuple[Edges, int]:
    """A graph like a convolutional network, [edges, 2], and how many vertices it has."""
    dice = np.random.default_rng(0)
    bins, channels = SHAPES[size]
    edges, before, start = [], None, 0
    for layer in range(LAYERS):
        b, c = bins >> (layer // 2), channels << (layer // 2)
        number = start + np.arange(c * b).reshape(c, b)
        if before is not None:
            stride = before.shape[1] // b
            for channel in range(c):
                heard = dice.choice(len(before), CHANNELS, replace=False)
                for shift in range(-(KERNEL // 2), KERNEL // 2 + 1):
                    at = np.arange(b) * stride + shift
                    inside = (at >= 0) & (at < before.shape[1])
                    for other in heard:
                        edges.append(np.stack([number[channel, inside], before[other, at[inside]]], 1))
        before, start = number, start + c * b
    return np.concatenate(edges), start


def stress(edges: Edges, count: int, positions: NDArray[np.floating]) -> float:
    """Mean of (drawn - true)^2 / true^2 over distances from `SOURCES` vertices, at the best scale."""
    links = coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), (count, count)).tocsr()
    sources = np.random.default_rng(1).choice(count, min(SOURCES, count), replace=False)
    true = shortest_path(links, directed=False, unweighted=True, indices=sources)
    drawn = np.linalg.norm(positions[sources, None] - positions[None], axis=-1)
    met = np.isfinite(true) & (true > 0)
    share = drawn[met] / true[met]
    return float(np.mean((share * share.sum() / (share**2).sum() - 1) ** 2))


def seconds(work: Callable[[], object]) -> tuple[float, object]:
    """CPU seconds of this process and its children."""

    def spent() -> float:
        both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(usage.ru_utime + usage.ru_stime for usage in both)

    begin = spent()
    result = work()
    return spent() - begin, result


def ours(edges: Edges, count: int, settings: Settings) -> NDArray[np.floating]:
    return lay_out(graph_from(torch.from_numpy(edges), count), settings).numpy()


def graphviz(edges: Edges, count: int) -> NDArray[np.floating]:
    lines = "\n".join(f"{a}--{b}" for a, b in edges.tolist())
    made = subprocess.run(
        ["sfdp", "-Tplain"], input=f"graph {{\n{lines}\n}}\n", capture_output=True, text=True, check=True
    )
    positions = np.zeros((count, 2))
    for line in made.stdout.splitlines():
        if line.startswith("node "):
            _, name, x, y, *_ = line.split()
            positions[int(name)] = float(x), float(y)
    return positions


def fruchterman_reingold(edges: Edges, count: int) -> NDArray[np.floating]:
    import igraph

    graph = igraph.Graph(n=count, edges=edges.tolist())
    return np.array(graph.layout_fruchterman_reingold(grid=True).coords)


def graphs(sizes: list[int]) -> None:
    for size in sizes:
        edges, count = layered(size)
        print(f"{count:,} vertices, {len(edges):,} edges")
        tools: dict[str, Callable[[], object]] = {
            "ours, for stress": lambda edges=edges, count=count: ours(edges, count, STRESS),
            "ours, for the look": lambda edges=edges, count=count: ours(edges, count, LOOK),
            "igraph, grid": lambda edges=edges, count=count: fruchterman_reingold(edges, count),
            "graphviz sfdp": lambda edges=edges, count=count: graphviz(edges, count),
        }
        for name, work in tools.items():
            spent, positions = seconds(work)
            print(
                f"  {name:20} {spent:7.2f} CPU s   stress {stress(edges, count, np.asarray(positions)):.3f}", flush=True
            )


def networks(names: list[str]) -> None:
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            order = ["layout", name, "--out", str(Path(folder) / "body.npz")]
            measured = f"import sys, resource\nfrom installation.__main__ import main\nsys.argv[1:] = {order}\n"
            measured += "try:\n    main()\nexcept SystemExit:\n    pass\n"
            measured += "used = resource.getrusage(resource.RUSAGE_SELF)\n"
            measured += "print(f'{used.ru_utime + used.ru_stime:.1f} CPU s, {used.ru_maxrss / 2**20:.2f} GiB')"
            made = subprocess.run([sys.executable, "-c", measured], capture_output=True, text=True, check=True)
            print(f"{name:10} {made.stdout.strip().splitlines()[-1]}", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)  # CPU seconds are counted, not the time on the wall
    what, *rest = sys.argv[1:] or ["networks"]
    if what == "networks":
        networks(rest or ["paper", "vgg16", "resnet18"])
    else:
        graphs([int(size) for size in rest] or list(SHAPES))
