"""What of the chords comes through?    python tests/bench/bench_harmony.py FIT TEST [MODEL | WEIGHTS ...]

FIT and TEST are folders of scalograms with labels, as `immersions evaluate` makes them in the cache. First, what one
linear map tells of the chord's root from the last 0.4 seconds of the scalogram itself, and from its harmony
(`listen.harmony`), whole and in its few largest components. Then for each ear, on its encodings z and its contexts c:
how much of the harmony's changes within a piece a linear map finds there (R2), and the root. The weights of house.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from installation.content import find
from installation.listen.anatomy import read
from installation.listen.augment import PLAIN, plain
from installation.listen.checkpoint import load_weights
from installation.listen.contrast import reach
from installation.listen.dataset import Dataset, Recording
from installation.listen.evaluation import CONTEXTS, pieces, questions
from installation.listen.harmony import SILENCE, outstanding
from installation.listen.network import Network
from installation.listen.probes import Answers, classify

EACH = 3  # pieces of a recording
JUST_HEARD = 20  # frames
COMPONENTS = (6, 12, 24)
STRENGTH = 0.1  # of the ridge


class Heard:
    """Everything that is asked about some recordings, [moments, ...], 32 moments a piece."""

    def __init__(self, recordings: list[Recording], network: Network) -> None:
        front = network.plan.front_end
        sharp, ears = outstanding(front.bins, front.bins_per_octave), reach(network, front.bins)
        find_root = questions(recordings)["chord root"][0]
        kept: dict[str, list[Tensor]] = {"scalogram": [], "harmony": [], "z": [], "c": []}
        roots, whose = [], []
        for number, recording in enumerate(recordings):
            cut = list(pieces(recording, ears))
            for place in np.linspace(0, len(cut) - 1, min(EACH, len(cut))).astype(int):
                fine, times = cut[place]
                level = plain(torch.from_numpy(fine[None].copy()), int((len(fine) - 1) / PLAIN))
                with torch.no_grad():
                    z = network.encode(level, "valid")
                    c = network.summarise(z, "valid")[0].T[:CONTEXTS]
                newest = ears.encodings - 1 + ears.context_step * torch.arange(len(c))
                ends = newest * ears.stride + ears.before
                sums = torch.nn.functional.pad(level[0].cumsum(-1), (1, 0))
                means = ((sums[:, ends] - sums[:, ends - JUST_HEARD]) / JUST_HEARD).T
                harmony = means @ sharp.T
                kept["scalogram"].append(means)
                kept["harmony"].append(harmony / (harmony.square().mean(1, keepdim=True).sqrt() + SILENCE))
                kept["z"].append(z[0].T[torch.stack([newest - 4, newest - 2, newest], 1)].flatten(1))
                kept["c"].append(c)
                roots.append(find_root(recording, times))
                whose.append(np.full(len(c), number))
        self.values = {name: torch.cat(parts) for name, parts in kept.items()}
        self.roots: NDArray[np.int64] = np.concatenate(roots)
        self.whose = np.concatenate(whose)


def root(fit: Heard, test: Heard, known: Tensor, asked: Tensor) -> str:
    """The share of roots that one linear map tells."""
    told = classify(Answers(known, fit.whose), fit.roots, Answers(asked, test.whose), test.roots)
    return f"root {told.figure:.3f} [{told.low:.3f}, {told.high:.3f}]"


def changes(values: Tensor) -> Tensor:
    """What differs from the mean of its piece."""
    parts = values.view(-1, CONTEXTS, values.shape[-1])
    return (parts - parts.mean(1, keepdim=True)).flatten(0, 1)


def followed(fit: Heard, test: Heard, where: str) -> float:
    """R2 of the harmony's changes within a piece, by one linear map of the changes of what is heard."""
    x, y, new, truth = (changes(part.values[name]) for part in (fit, test) for name in (where, "harmony"))
    spread = x.std(0).clamp_min(1e-4)
    x, new = x / spread, new / spread
    weights = torch.linalg.solve(x.T @ x + STRENGTH * len(x) * torch.eye(x.shape[1]), x.T @ y)
    return float(1 - (new @ weights - truth).square().sum() / truth.square().sum())


def ear(name: str) -> Network:
    """A model by name, or the house ear with other weights."""
    path = Path(name)
    network = Network(read("house" if path.is_file() else name))
    load_weights(network, path if path.is_file() else find("models", name) / "weights.safetensors")
    return network.eval()


def main() -> None:
    torch.set_num_threads(1)
    names = sys.argv[3:] or ["house"]
    bins = read("house").front_end.bins
    fit_on, test_on = ([r for r in Dataset(Path(f), bins).recordings if r.labels] for f in sys.argv[1:3])
    for number, name in enumerate(names):
        network = ear(name)
        fit, test = Heard(fit_on, network), Heard(test_on, network)
        if number == 0:
            for where in ("scalogram", "harmony"):
                print(f"{where:>24}: {root(fit, test, fit.values[where], test.values[where])}")
            middle = fit.values["harmony"].mean(0)
            directions = torch.linalg.svd(fit.values["harmony"] - middle, full_matrices=False)[2]
            for count in COMPONENTS:
                few = [(part.values["harmony"] - middle) @ directions[:count].T for part in (fit, test)]
                print(f"{f'{count} components of it':>24}: {root(fit, test, *few)}")
        for where in ("z", "c"):
            told = root(fit, test, fit.values[where], test.values[where])
            print(f"{name[-20:] + ' ' + where:>24}: {told}, changes of harmony R2 {followed(fit, test, where):.3f}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        print("left out: it needs two folders of scalograms with labels, FIT and TEST")
    else:
        main()
