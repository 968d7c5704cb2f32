"""Sound that comes in pieces is heard as the whole recording is."""

import numpy as np
import pytest
import torch

from installation.data import RATE, Clip
from installation.listen import clips, ear
from installation.listen.anatomy import steps_on_a_line
from installation.listen.stream import Stream

torch.set_num_threads(1)
FRAMES = 32
PAST = 192 + 112  # frames of music before the last ones are compared: more than any layer remembers


@pytest.fixture(scope="module")
def music() -> np.ndarray:
    loop = clips.clip("beat-garzul", 4 * RATE).samples.mean(axis=0)
    other = clips.clip("bass-line", 4 * RATE).samples.mean(axis=0)
    return np.concatenate([loop, other])[: PAST * 1_000].astype(np.float32)


def heard_in_pieces(stream: Stream, sound: np.ndarray, sizes: list[int]) -> list:
    """The answers after every piece; the sizes are gone through again and again."""
    answers, at, turn = [], 0, 0
    while at < len(sound):
        size = sizes[turn % len(sizes)]
        answers.append(stream.hear(sound[at : at + size]))
        at, turn = at + size, turn + 1
    return answers


@pytest.mark.parametrize("name", ["tiny", "paper", "causal", "house"])
def test_pieces_are_heard_as_the_whole(name: str, music: np.ndarray) -> None:
    """The newest steps of every layer as if silence followed, which is how a recording ends, too."""
    listener = ear.load(name)
    *_, (scalogram, activations) = heard_in_pieces(Stream(listener, FRAMES), music, [1_000, 3_700, 24_010, 480])
    *_, (whole, wanted) = listener.listen(Clip(music[None]), PAST)
    np.testing.assert_allclose(scalogram.level, whole.level[:, -FRAMES:], atol=2e-4)
    for layer, found in activations.layers.items():
        expected = wanted.layers[layer]
        steps = found.shape[2]
        late = expected.shape[2] - known(listener, layer)  # symmetric kernels wait for what follows
        there = expected[..., : expected.shape[2] - late][..., -steps:].astype(np.float32)
        np.testing.assert_allclose(found.astype(np.float32), there, atol=0.03, err_msg=layer)
        assert steps == max(1, FRAMES // listener.anatomy[layer].stride)
    assert list(activations.layers) == [layer.name for layer in listener.anatomy]


def known(listener: ear.Ear, layer: str) -> int:
    """Steps of a layer that the music alone decides."""
    return steps_on_a_line(listener.plan, PAST)[layer].stop


def test_how_the_pieces_are_cut_does_not_matter(music: np.ndarray) -> None:
    listener = ear.load("tiny")
    one = heard_in_pieces(Stream(listener, FRAMES), music, [1_000])[-1]
    other = heard_in_pieces(Stream(listener, FRAMES), music, [7, 50_000, 999])[-1]
    for layer, found in one[1].layers.items():
        np.testing.assert_allclose(found.astype(np.float32), other[1].layers[layer].astype(np.float32), atol=0.01)


def test_nothing_is_answered_before_something_is_known() -> None:
    stream = Stream(ear.load("tiny"), FRAMES)
    assert stream.hear(np.zeros(0, np.float32)) is None
    assert stream.hear(np.zeros(900, np.float32)) is None
