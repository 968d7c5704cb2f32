"""Which neurons a torch network has and who feeds whom, read by following a signal through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import fx, nn

from installation.data import Anatomy, Layer, Link
from installation.errors import ContentError

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d)
POOLINGS = (nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d)
WHOLE_POOLINGS = (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d)
PASSING = (
    nn.BatchNorm1d, nn.BatchNorm2d, nn.ReLU, nn.ReLU6, nn.GELU, nn.SiLU, nn.LeakyReLU, nn.Sigmoid, nn.Tanh, nn.ELU,
    nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Identity, nn.Flatten, nn.Softmax, nn.LogSoftmax,
)  # fmt: skip
ADDING = ("add", "iadd", "add_")
PASSING_CALLS = (
    "relu",
    "relu_",
    "flatten",
    "view",
    "reshape",
    "dropout",
    "gelu",
    "sigmoid",
    "tanh",
    "softmax",
    "contiguous",
)


@dataclass(frozen=True, slots=True)
class Window:
    """What one bin of a signal sees of a layer: bins offset + b * stride + (0 .. kernel - 1)."""

    layer: str
    kernel: int = 1
    stride: int = 1
    offset: int = 0
    dense: bool = False

    def through(self, kernel: int, stride: int, padding: int, dense: bool = False) -> Window:
        """The window of a signal made from this one by a convolution or pooling."""
        return Window(
            self.layer,
            (kernel - 1) * self.stride + self.kernel,
            stride * self.stride,
            self.offset - padding * self.stride,
            self.dense or dense,
        )


@dataclass(frozen=True, slots=True)
class Signal:
    """What flows between two modules: its windows on the layers that made it, and its shape."""

    windows: tuple[Window, ...]
    channels: int
    bins: int


class Reader:
    """Grows an anatomy while a network is followed, node by node."""

    def __init__(self, channels: int, bins: int) -> None:
        self.layers = [Layer("input", channels, bins, 1)]
        self.links: list[Link] = []

    def convolved(
        self, name: str, signal: Signal, channels: int, kernel: int, stride: int, padding: int, dense: bool = True
    ) -> Signal:
        """A new layer, and links to it from all that the signal sees. Raises ContentError where the bins run out."""
        bins = (signal.bins + 2 * padding - kernel) // stride + 1
        if bins < 1:
            raise ContentError(
                f"{name} spans {kernel} bins, but only {signal.bins + 2 * padding} are left there. "
                "Trace the network with a longer input."
            )
        self.layers.append(Layer(name, channels, bins, 1))
        for window in signal.windows:
            self._link(window.through(kernel, stride, padding, dense), name)
        return Signal((Window(name),), channels, bins)

    def added(self, one: Signal, other: Signal) -> Signal:
        """A sum: it stands for the younger of two layers, but for no projection; that layer then hears the other one.

        A projection, the 1x1 convolution of a skip, goes: the sum hears what it hears.
        """
        if (one.channels, one.bins) != (other.channels, other.bins):
            raise ContentError(
                f"A sum of {one.channels} x {one.bins} and {other.channels} x {other.bins} channels and bins cannot be "
                "laid out. Both sides of a skip must have one shape."
            )
        names = [layer.name for layer in self.layers]
        skip, main = sorted(
            (one, other),
            key=lambda s: (not self._projects(s), max(names.index(window.layer) for window in s.windows)),
        )
        target = main.windows[0].layer
        if main.windows != (Window(target),):
            return replace(main, windows=main.windows + skip.windows)
        if self._projects(skip):
            name = skip.windows[0].layer
            self.layers = [layer for layer in self.layers if layer.name != name]
            self.links = [replace(link, target=target) if link.target == name else link for link in self.links]
        else:
            for window in skip.windows:
                self._link(window, target)
        return main

    def _projects(self, signal: Signal) -> bool:
        """Whether a signal is a 1x1 convolution that nothing else has heard so far."""
        name = signal.windows[0].layer
        heard = [link for link in self.links if link.target == name]
        fresh = not any(link.source == name for link in self.links)
        return signal.windows == (Window(name),) and fresh and len(heard) == 1 and heard[0].kernel == 1

    def _link(self, window: Window, target: str) -> None:
        self.links.append(Link(window.layer, target, window.kernel, window.stride, window.offset, window.dense))


def traced(network: nn.Module, channels: int, bins: int) -> Anatomy:
    """The anatomy of a chain or residual net of Conv1d, Conv2d, Linear and pooling.

    Two-dimensional networks are cut through their first spatial dimension. Batch norms, rectifiers and dropout are
    passed through; a projection on a skip is folded into the layer that it joins.

    channels, bins   of the input
    Raises ContentError for a module that cannot be followed, naming it.
    """
    try:
        graph = fx.symbolic_trace(network).graph
    except Exception as error:  # whatever a foreign network does while it is followed
        raise ContentError(f"The network cannot be traced: {error}. Give one without branches on values.") from error
    modules = dict(network.named_modules())
    reader = Reader(channels, bins)
    signals: dict[fx.Node, Signal] = {}
    for node in graph.nodes:
        if node.op == "placeholder":
            signals[node] = Signal((Window("input"),), channels, bins)
        elif node.op == "call_module":
            signals[node] = module_passed(reader, node.target, modules[node.target], signals[node.args[0]])
        elif node.op in ("call_function", "call_method"):
            signals[node] = called(reader, node, signals)
    return Anatomy(tuple(reader.layers), tuple(reader.links))


def module_passed(reader: Reader, name: str, module: nn.Module, signal: Signal) -> Signal:
    """The signal after a module."""
    if isinstance(module, CONVOLUTIONS):
        if module.groups != 1 or isinstance(module.padding, str):
            raise ContentError(f"{name} has groups or padding by name, which is not followed. Use plain convolutions.")
        spread = (module.kernel_size[0] - 1) * module.dilation[0] + 1
        return reader.convolved(name, signal, module.out_channels, spread, module.stride[0], module.padding[0])
    if isinstance(module, nn.Linear):
        return reader.convolved(name, signal, module.out_features, signal.bins, 1, 0)
    if isinstance(module, POOLINGS):
        kernel, stride, padding = (first(value) for value in (module.kernel_size, module.stride, module.padding))
        length = signal.bins + 2 * padding - kernel
        after = (-(-length // stride) if module.ceil_mode else length // stride) + 1
        return Signal(tuple(w.through(kernel, stride, padding) for w in signal.windows), signal.channels, after)
    if isinstance(module, WHOLE_POOLINGS):
        after = first(module.output_size) or signal.bins
        kernel = -(-signal.bins // after)  # what has seen so much is a layer of its own
        return reader.convolved(name, signal, signal.channels, kernel, kernel, 0, dense=False)
    if isinstance(module, PASSING):
        return signal
    raise ContentError(f"{name} is a {type(module).__name__}, which is not followed. Trace a net of convolutions.")


def called(reader: Reader, node: fx.Node, signals: dict[fx.Node, Signal]) -> Signal:
    """The signal after a function or method."""
    name = node.target if isinstance(node.target, str) else getattr(node.target, "__name__", str(node.target))
    given = [argument for argument in node.args if isinstance(argument, fx.Node)]
    if name in ADDING and len(given) == 2:
        one, other = (signals[argument] for argument in given)
        return reader.added(one, other)
    if name in PASSING_CALLS:
        return signals[given[0]]
    raise ContentError(f"The network calls {name!r}, which is not followed. Trace a chain or residual net.")


def first(value: int | tuple[int | None, ...] | None) -> int:
    """The first spatial dimension of what may be given for both at once."""
    return int(value[0] or 0) if isinstance(value, tuple) else int(value or 0)


def without_weights(build: Callable[[], nn.Module]) -> nn.Module:
    """A network of which only the form is wanted: no memory for its weights."""
    with torch.device("meta"):
        return build()
