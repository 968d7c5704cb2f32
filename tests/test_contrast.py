"""Contrastive prediction: what it may see, what it must tell apart, and that processes share their candidates."""

from __future__ import annotations

import math
from pathlib import Path
from socket import socket

import pytest
import torch
import torch.distributed as dist
from torch import nn
from torch.multiprocessing.spawn import spawn

from installation.listen.anatomy import read
from installation.listen.contrast import contrast, predict, predict_everywhere, reach, scores
from installation.listen.course import Course
from installation.listen.network import Network
from installation.listen.together import gathered, share_norms
from installation.listen.training import Lesson

COURSE = Course(steps=1)


@pytest.mark.parametrize(("model", "first", "span"), [("ear", 18, 70), ("causal", 6, 22), ("tiny", 7, 26)])
def test_first_predicted_step_shares_no_frame_with_the_context(model: str, first: int, span: int) -> None:
    plan = read(model)
    found = reach(Network(plan), plan.front_end.bins)
    assert found.first == first
    assert found.shared[0] == span
    assert found.shared[first - 1] > 0


def test_first_target_does_not_move_with_what_the_context_heard() -> None:
    plan = read("tiny")
    network = Network(plan).eval()
    ears = reach(network, plan.front_end.bins)
    frames = ears.frames(1, plan.predictions, ears.first)
    level = torch.rand(1, plan.front_end.bins, frames, generator=torch.Generator().manual_seed(0))
    heard = ears.before + ears.stride * (ears.encodings - 1)  # frames of the context
    other = level.clone()
    other[..., :heard] = 0.5
    with torch.no_grad():
        (expected, came), (expected_other, came_other) = (predict(network, x, ears, ears.first) for x in (level, other))
    assert torch.equal(came, came_other)
    assert not torch.allclose(expected, expected_other)


def test_a_clip_too_short_says_how_many_frames_it_needs() -> None:
    plan = read("tiny")
    network = Network(plan).eval()
    ears = reach(network, plan.front_end.bins)
    needed = ears.frames(1, plan.predictions, ears.first)
    with pytest.raises(ValueError, match=f"need {needed}"):
        predict(network, torch.rand(1, plan.front_end.bins, needed - 1), ears, ears.first)


def test_every_encoding_is_asked_what_follows_it() -> None:
    plan = read("tiny")
    network = Network(plan).eval()
    ears = reach(network, plan.front_end.bins)
    frames = ears.frames(3, plan.predictions, ears.first)
    level = torch.rand(2, plan.front_end.bins, frames, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        everywhere = predict_everywhere(network, level, ears, ears.first)[:2]
        assert len(everywhere[0]) == ears.context_step > 1
        for grid, (expected, came) in enumerate(zip(*everywhere, strict=True)):
            alone = predict(network, level[..., grid * ears.stride :], ears, ears.first)
            contexts = expected.shape[1]
            torch.testing.assert_close(expected, alone[0][:, :contexts], atol=1e-5, rtol=1e-4)
            torch.testing.assert_close(came, alone[1][:, :contexts], atol=1e-5, rtol=1e-4)


def test_near_predictions_may_count_more() -> None:
    random = torch.Generator().manual_seed(0)
    expected, came = (torch.randn(4, 5, 3, 16, generator=random) for _ in range(2))
    alone = [contrast(expected[:, :, [k]], came[:, :, [k]])[0].item() for k in range(3)]
    even, steep = (contrast(expected, came, nearness=nearness)[0].item() for nearness in (0.0, 1.0))
    assert even == pytest.approx(sum(alone) / 3, abs=1e-5)
    assert steep == pytest.approx((alone[0] + alone[1] / 2 + alone[2] / 3) / (1 + 1 / 2 + 1 / 3), abs=1e-5)


def test_score_is_the_dot_product_over_the_root_of_the_width() -> None:
    expected, came = torch.tensor([[[1.0, 2.0, 3.0, 4.0]]]), torch.tensor([[[1.0, 1.0, 1.0, 1.0]]])
    assert scores(expected, came).item() == pytest.approx(10 / 2)


@pytest.mark.parametrize(("rivals", "candidates"), [("items", 6), ("times", 30)])
def test_knowing_nothing_costs_the_logarithm_of_the_candidates(rivals: str, candidates: int) -> None:
    came = torch.randn(6, 5, 3, 8, generator=torch.Generator().manual_seed(0))
    loss, _ = contrast(torch.zeros_like(came), came, rivals)  # type: ignore[arg-type]
    assert loss.item() == pytest.approx(math.log(candidates))


@pytest.mark.parametrize("rivals", ["items", "times"])
def test_knowing_everything_costs_next_to_nothing(rivals: str) -> None:
    came = torch.randn(6, 5, 3, 64, generator=torch.Generator().manual_seed(0))
    loss, right = contrast(20 * came, came, rivals)  # type: ignore[arg-type]
    assert loss.item() < 1e-3
    assert right.tolist() == [1, 1, 1]


def test_rivals_of_the_paper_are_other_items_at_the_same_moment_only() -> None:
    came = torch.randn(1, 5, 3, 8)
    loss, _ = contrast(came, came, "items")  # one clip alone has no rival
    assert loss.item() == pytest.approx(0, abs=1e-6)


def _one_of_two(rank: int, port: int, folder: str) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
    plan = read("tiny")
    network = Network(plan)
    share_norms(network)
    lesson = _lesson(network)
    spread = nn.parallel.DistributedDataParallel(lesson)
    half = _batch().chunk(2)[rank]
    loss = spread(half).cost(COURSE)
    loss.backward()
    mean = gathered(loss.detach()[None]).mean()
    if rank == 0:
        gradients = {name: p.grad for name, p in lesson.named_parameters()}
        torch.save((mean, gradients, lesson.state_dict()), Path(folder) / "two.pt")
    dist.destroy_process_group()


def _lesson(network: Network) -> Lesson:
    ears = reach(network, network.plan.front_end.bins)
    lesson = Lesson(network, COURSE, ears, ears.first)
    random = torch.Generator().manual_seed(1)
    for asked in (lesson.harmony, lesson.pulse):
        nn.init.normal_(asked.map.weight, std=0.1, generator=random)  # from silent maps no gradient would come back
    return lesson


def _batch() -> torch.Tensor:
    return torch.rand(4, read("tiny").front_end.bins, 144, generator=torch.Generator().manual_seed(0))


def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    network = Network(read("tiny"))
    lesson = _lesson(network)
    loss = lesson(_batch()).cost(COURSE)
    loss.backward()
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    spawn(_one_of_two, (port, str(tmp_path)), 2)  # type: ignore[no-untyped-call]
    together, gradients, state = torch.load(tmp_path / "two.pt")
    assert together.item() == pytest.approx(loss.item(), abs=1e-4)
    for name, parameter in lesson.named_parameters():
        torch.testing.assert_close(gradients[name], parameter.grad, atol=1e-4, rtol=1e-3)
    for name, value in lesson.state_dict().items():
        torch.testing.assert_close(state[name], value, atol=1e-4, rtol=1e-3)
