"""A dream that cannot be judged is left out, and the next one is heard."""

from dataclasses import replace

import numpy as np

from installation.app.critic import Critic
from installation.data import Activations, Anatomy, Clip, Dream, Layer, Scalogram
from installation.target import parse

ANATOMY = Anatomy((Layer("scalogram", 1, 4, 1),))


class Delivery:
    """A dreamer that has these dreams."""

    def __init__(self, *dreams: Dream) -> None:
        self.dreams = list(dreams)

    def deliver(self) -> Dream | None:
        return self.dreams.pop(0) if self.dreams else None


def dream(number: int, step: int = 3) -> Dream:
    samples = 0.1 * np.sin(np.arange(48_000, dtype=np.float32) / 20)[None]
    answers = Activations({"scalogram": np.ones((1, 4, 48), np.float16)})
    level = np.zeros((4, 48), np.float32)
    return Dream(number, Clip(samples), answers, Scalogram(level, 40.0, 24, 1 / 48), parse("scalogram"), 1.0, step)


def test_a_broken_dream_is_left_out_and_the_next_one_comes(caplog):
    wrong = Activations({"scalogram": np.ones((2, 9, 48), np.float16)})
    broken = replace(dream(0), activations=wrong)
    kept: list[Dream] = []
    critic = Critic(Delivery(broken, dream(1)), ANATOMY, kept.append)
    critic._step()
    assert critic.take() is None
    critic._step()
    ready = critic.take()
    assert ready is not None
    assert ready.dream.number == 1
    assert ready.dream.verdict is not None
    assert critic.dreams == 1
    assert "dream 0 could not be judged" in caplog.text
    assert kept == []


def test_the_start_clip_is_kept_for_the_next_opening():
    kept: list[Dream] = []
    critic = Critic(Delivery(dream(0, step=0)), ANATOMY, kept.append)
    critic._step()
    assert [one.number for one in kept] == [0]
