"""Which neurons a network has and who feeds whom, read from its model.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from installation.content import find
from installation.data import RATE, Anatomy, Layer, Link
from installation.errors import ContentError, one_of

FRAME_SECONDS = 1_000 / RATE  # 20.83 ms, what a frame of a loop comes near to

Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]


class Part(BaseModel):
    """A table of model.toml. An unknown key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    example: ClassVar[str] = "paper"  # the model whose file shows all keys


P = TypeVar("P", bound=Part)


class FrontEnd(Part):
    """How a sound becomes a scalogram."""

    rate: Count = RATE  # Hz
    lowest: Positive = 40.0  # Hz, the centre of bin 0
    bins: Count = 216
    bins_per_octave: Count = 24
    filter_scale: Positive = 0.43


class Convolution(Part):
    """A kernel over pitch and time, and the bins of padding on either side in pitch."""

    pitch: Count
    time: Count
    pitch_padding: Annotated[int, Field(ge=0)] = 0


class Block(Part):
    """Two convolutions and a skip. The pooling, in pitch and time, follows the first convolution."""

    channels: Count
    conv1: Convolution
    conv2: Convolution
    pool: Count = 1


class Summary(Part):
    """One layer of the autoregressive part, always causal. The pooling, in time, comes before the convolution."""

    channels: Count
    kernel: Count
    pool: Count = 1


class Plan(Part):
    """Everything that model.toml says.

    `width` multiplies all channels. `data`, `licence`, `trained_hours` and `scores` tell where the weights come from;
    without a file of weights they are drawn from `seed`.
    """

    name: str
    description: str
    seed: int
    data: str
    licence: str
    steps: Annotated[int, Field(ge=0)] = 0
    trained_hours: Annotated[float, Field(ge=0)]
    time_padding: Literal["symmetric", "causal"]
    width: Positive = 1.0
    predictions: Count = 16
    front_end: FrontEnd = FrontEnd()
    blocks: Annotated[tuple[Block, ...], Field(min_length=1)]
    autoregression: Annotated[tuple[Summary, ...], Field(min_length=1)]
    scores: dict[str, float] = {}

    def channels(self, part: Block | Summary) -> int:
        return max(1, round(part.channels * self.width))

    @property
    def encoding(self) -> int:
        """Channels of z."""
        return self.channels(self.blocks[-1])

    @property
    def context(self) -> int:
        """Channels of c."""
        return self.channels(self.autoregression[-1])

    @property
    def stride(self) -> int:
        """Scalogram frames per step of the last layer; a loop's frames are a multiple of it."""
        return prod([block.pool for block in self.blocks] + [part.pool for part in self.autoregression])


def frames_per_loop(seconds: float, stride: int = 16) -> int:
    """Frames of a loop: the multiple of the network's stride that brings a frame nearest to 20.83 ms."""
    return stride * max(1, round(seconds / FRAME_SECONDS / stride))


def read(name: str) -> Plan:
    """The plan of a model in the content folders. Raises ContentError."""
    return read_file(find("models", f"{name}/model.toml"), name)


def read_file(path: Path, name: str) -> Plan:
    """The plan in a file. Raises ContentError for what is missing, unknown, of the wrong kind or impossible."""
    table = table_in(path)
    if "kind" in table:
        raise ContentError(
            f"{path} is of an ear that others made, which cannot be trained or examined here. "
            "Choose an ear of our own: immersions models."
        )
    plan = understood(Plan, table, path, name)
    try:
        anatomy(plan)
    except ContentError as error:
        raise ContentError(f"{path}: {error}") from None
    return plan


def table_in(path: Path) -> dict[str, Any]:
    """What a model.toml says. Raises ContentError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ContentError(f"{path} cannot be read: {error}. Mend the file, or choose another model.") from None


def understood(kind: type[P], table: dict[str, Any], path: Path, name: str) -> P:
    """The table as a plan of this kind. Raises ContentError, with the key that is wrong and a hint."""
    try:
        return kind.model_validate({**table, "name": name})
    except ValidationError as error:
        raise ContentError(f"{path}: {_explained(error, kind)}") from None


def _explained(error: ValidationError, kind: type[Part]) -> str:
    """The first fault, with the key it is at and a hint; a misspelt key before the one that it leaves missing."""
    fault = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    *parents, key = fault["loc"]
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        for parent in parents:
            kind = _inside(kind.model_fields[parent].annotation) if isinstance(parent, str) else kind
        return f"there is no key {where!r}. {one_of(str(key), (key for key in kind.model_fields if key != 'name'))}"
    if fault["type"] == "missing":
        return f"the key {where!r} is missing. Add it; models/{kind.example}/model.toml shows all of them."
    return f"{where} = {fault['input']!r} cannot be: {fault['msg'][:1].lower()}{fault['msg'][1:]}. Change it."


def _inside(annotation: Any) -> type[Part]:
    """The kind of table that a key holds, one or a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next(_inside(part) for part in get_args(annotation))


def anatomy(plan: Plan) -> Anatomy:
    """The single index of the plan's neurons, with all links between layers.

    A link folds in the pooling on its way. The autoregressive part's skips join the same neurons as its kernels and are
    not listed; the prediction leads from the last layer back to z. Raises ContentError where pitch runs out.
    """
    layers: list[Layer] = [Layer("scalogram", 1, plan.front_end.bins, 1)]
    links: list[Link] = []
    for number, block in enumerate(plan.blocks):
        _add_block(plan, f"block{number}", block, layers, links)
    z = layers[-1]
    if z.bins != 1:
        raise ContentError(
            f"{z.name} leaves {z.bins} pitch bins where the autoregressive part needs 1. "
            "Use longer kernels in pitch, or less pitch_padding."
        )
    for number, part in enumerate(plan.autoregression):
        source = layers[-1]
        layers.append(Layer(f"ar{number}", plan.channels(part), 1, source.stride * part.pool))
        links.append(Link(source.name, layers[-1].name, 1))
    links.append(Link(layers[-1].name, z.name, 1))
    return Anatomy(tuple(layers), tuple(links))


def _add_block(plan: Plan, name: str, block: Block, layers: list[Layer], links: list[Link]) -> None:
    source, channels = layers[-1], plan.channels(block)
    first = _convolved(f"{name}.conv1", block.conv1, source.name, source.bins)
    pooled = -(-first // block.pool)  # ceil mode
    second = _convolved(f"{name}.conv2", block.conv2, f"{name}.conv1", pooled)
    skipped = -(-source.bins // block.pool)
    if skipped < second:
        raise ContentError(
            f"{name}.conv2 gives {second} pitch bins, but the skip around it only {skipped}. Use less pitch_padding."
        )
    stride = source.stride * block.pool
    layers += [Layer(f"{name}.conv1", channels, pooled, stride), Layer(f"{name}.conv2", channels, second, stride)]
    one, two = (layer.name for layer in layers[-2:])
    crop = (skipped - second) // 2
    links += [
        Link(source.name, one, block.conv1.pitch + block.pool - 1, block.pool, -block.conv1.pitch_padding),
        Link(one, two, block.conv2.pitch, 1, -block.conv2.pitch_padding),
        Link(source.name, two, block.pool, block.pool, crop * block.pool, dense=source.channels != channels),
    ]


def _convolved(name: str, kernel: Convolution, source: str, bins: int) -> int:
    left = bins + 2 * kernel.pitch_padding - kernel.pitch + 1
    if left < 1:
        raise ContentError(
            f"{name} spans {kernel.pitch} pitch bins, but {source} has only {bins} "
            f"(and {kernel.pitch_padding} of padding on either side). Use a shorter kernel or more pitch_padding."
        )
    return left


def steps_on_a_line(plan: Plan, frames: int) -> dict[str, range]:
    """Which steps of each layer a stretch of so many frames decides alone, without any padding in time.

    Step n of a layer stands for the frames n * stride .. (n + 1) * stride - 1; the stretch begins at frame 0.
    """
    steps = {"scalogram": range(frames)}
    for layer, (kernel, before, pool_before, pool_after) in _in_time(plan):
        last = steps[list(steps)[-1]]
        last = _pooled(last, pool_before)
        last = range(last.start + before, max(last.start + before, last.stop - (kernel - 1 - before)))
        steps[layer] = _pooled(last, pool_after)
    return steps


def heard_frames(plan: Plan) -> dict[str, int]:
    """How many frames of the scalogram an answer of each layer depends on, from the first to the last."""
    frames, stride = 1, 1
    heard = {"scalogram": frames}
    for layer, (kernel, _, pool_before, pool_after) in _in_time(plan):
        frames += (pool_before - 1) * stride
        stride *= pool_before
        frames += (kernel - 1 + pool_after - 1) * stride
        stride *= pool_after
        heard[layer] = frames
    return heard


def _pooled(steps: range, pool: int) -> range:
    start = -(-steps.start // pool)
    return range(start, max(start, steps.stop // pool))


def _in_time(plan: Plan) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Per layer: kernel in time, frames of it that lie before the step, pooling before and after."""
    for number, block in enumerate(plan.blocks):
        for half, kernel, pool in (("conv1", block.conv1.time, block.pool), ("conv2", block.conv2.time, 1)):
            yield f"block{number}.{half}", (kernel, reach_back(kernel, plan.time_padding), 1, pool)
    for number, part in enumerate(plan.autoregression):
        yield f"ar{number}", (part.kernel, reach_back(part.kernel, "causal"), part.pool, 1)


def reach_back(kernel: int, padding: Literal["symmetric", "causal"]) -> int:
    """How many steps of a kernel lie before the one it answers for."""
    return kernel - 1 if padding == "causal" else (kernel - 1) // 2
