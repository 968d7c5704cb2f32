"""The network: its sizes, and its two kinds of time that agree."""

import pytest
import torch
from torch import Tensor, nn

from installation.listen.anatomy import Plan, anatomy, read, steps_on_a_line
from installation.listen.network import Network
from installation.listen.statistics import calibrate

torch.set_num_threads(1)


def parameters(part: nn.Module) -> int:
    return sum(parameter.numel() for parameter in part.parameters())


def music(plan: Plan, frames: int, seed: int) -> Tensor:
    """Eight scalograms that differ in loudness, timbre, rhythm and detail."""
    bins, generator = plan.front_end.bins, torch.Generator().manual_seed(seed)
    shapes = ((8, 1, 1), (8, bins, 1), (8, 1, frames), (8, bins, frames))
    return torch.stack([torch.rand(shape, generator=generator).expand(shapes[-1]) for shape in shapes]).mean(0)


def settled(plan: Plan) -> Network:
    """A network with the batch statistics of such music, as an ear's are of its."""
    network = Network(plan)
    calibrate(network, music(plan, 64, seed=2))
    return network.requires_grad_(False)


def loop(plan: Plan, frames: int) -> Tensor:
    return music(plan, frames, seed=3)[:1]


def test_the_papers_network_has_the_papers_parameters() -> None:
    network = Network(read("paper"))
    assert parameters(network.encoder) == 8_583_296  # 8 583 376 less 80 of the phase channel
    assert parameters(network.summary) == 4_656_640
    assert parameters(network.predictor) == 2_097_152
    assert parameters(network) == 15_337_088


def test_variant_b_has_its_parameters() -> None:
    assert parameters(Network(read("causal"))) == 11_716_048 - 80


@pytest.mark.parametrize("name", ["paper", "causal", "ear", "tiny"])
def test_every_layer_answers_in_the_shape_of_the_anatomy(name: str) -> None:
    plan = read(name)
    answers = settled(plan).responses(loop(plan, 64))
    shapes = {layer.name: [1, layer.channels, layer.bins, 64 // layer.stride] for layer in anatomy(plan)}
    assert {name: list(answer.shape) for name, answer in answers.items()} == shapes


@pytest.mark.parametrize(
    ("name", "frames"), [("tiny", 64), ("tiny", 192), ("tiny", 768), ("paper", 64), ("causal", 192)]
)
def test_a_circle_is_the_interior_of_the_endlessly_repeated_loop(name: str, frames: int) -> None:
    plan = read(name)
    network, level = settled(plan), loop(plan, frames)
    circle = network.responses(level)
    often = level.repeat(1, 1, -(-448 // frames) + 1)
    line, steps = network.responses(often, time="valid"), steps_on_a_line(plan, often.shape[2])
    for layer in anatomy(plan):
        around = frames // layer.stride
        assert line[layer.name].shape[-1] == len(steps[layer.name]) >= around
        wanted = circle[layer.name][..., [step % around for step in steps[layer.name]]]
        torch.testing.assert_close(line[layer.name], wanted, rtol=0, atol=1e-4)


def test_a_kernel_may_be_longer_than_the_circle() -> None:
    plan = read("paper")  # ar8 spans 6 steps, a loop of 64 frames has 4
    network, level = settled(plan), loop(plan, 64)
    once, twice = network.responses(level)["ar8"], network.responses(level.repeat(1, 1, 2))["ar8"]
    torch.testing.assert_close(once.repeat(1, 1, 1, 2), twice, rtol=0, atol=1e-4)


def test_a_rolled_loop_gives_rolled_answers() -> None:
    plan = read("tiny")
    network, level = settled(plan), loop(plan, 192)
    straight, rolled = network.responses(level), network.responses(level.roll(48, 2))
    for layer in anatomy(plan):
        there = straight[layer.name].roll(48 // layer.stride, 3)
        torch.testing.assert_close(rolled[layer.name], there, rtol=0, atol=1e-4)


@pytest.mark.parametrize(("name", "sees"), [("paper", True), ("causal", False), ("ear", False)])
def test_only_symmetric_padding_sees_the_future(name: str, sees: bool) -> None:
    plan = read(name)
    network, level = settled(plan), loop(plan, 192)
    later = level.clone()
    later[:, :, 96:128] = 0
    change = (network.encode(level, "circle") - network.encode(later, "circle")).abs().amax(1)[0]  # [steps]
    assert (change[96 // 4 - 8 : 96 // 4].max() > 1e-5) == sees
    assert change[96 // 4 : 128 // 4].min() > 1e-5


def test_encoding_and_summary_are_the_two_halves_of_the_walk() -> None:
    plan = read("tiny")
    network, level = settled(plan), loop(plan, 192)
    z = network.encode(level, "valid")
    first = steps_on_a_line(plan, 192)["block2.conv2"].start
    c = network.summarise(z, "valid", first)
    assert list(z.shape) == [1, plan.encoding, len(steps_on_a_line(plan, 192)["block2.conv2"])]
    assert list(c.shape) == [1, plan.context, len(steps_on_a_line(plan, 192)["ar2"])]
    assert network.predictor(c.movedim(1, 2)).shape[-1] == plan.predictions * plan.encoding


def test_the_walk_stops_at_the_deepest_layer_asked_for() -> None:
    plan = read("tiny")
    network, level = settled(plan), loop(plan, 64)
    assert list(network.responses(level, "block0.conv2")) == ["scalogram", "block0.conv1", "block0.conv2"]
    assert list(network.responses(level, ["block0.conv1", "scalogram"])) == ["scalogram", "block0.conv1"]
    with pytest.raises(KeyError, match="block9"):
        network.responses(level, ["block9"])


def test_weights_come_from_the_seed_alone() -> None:
    plan = read("tiny")
    state = torch.random.get_rng_state()
    one, same = Network(plan), Network(plan, torch.Generator().manual_seed(plan.seed))
    other = Network(plan, torch.Generator().manual_seed(7))
    assert torch.equal(one.predictor.weight, same.predictor.weight)
    assert not torch.equal(one.predictor.weight, other.predictor.weight)
    assert torch.equal(state, torch.random.get_rng_state())


def test_frames_that_do_not_fit_the_circle_are_refused() -> None:
    plan = read("tiny")
    with pytest.raises(ValueError, match="no multiple of 2"):
        settled(plan).responses(loop(plan, 50))
