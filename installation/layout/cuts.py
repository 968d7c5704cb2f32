"""Two well-known networks of pictures, cut through one spatial dimension: VGG16 and ResNet18.

After Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014, and He, Zhang,
Ren and Sun, "Deep residual learning for image recognition", 2015. Only their form is needed, never their weights.
"""

from torch import Tensor, nn

from installation.data import Anatomy
from installation.layout.tracing import traced, without_weights

LENGTH = 224  # pixels of the input along the cut
NARROWER = 8  # VGG16 is drawn with an eighth of its channels
CLASSES = 1_000
VGG_STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))  # channels, convolutions


class Vgg16(nn.Sequential):
    """Five stages of 3x3 convolutions with a pooling between, and three layers that see everything."""

    def __init__(self) -> None:
        parts: list[nn.Module] = []
        before = 1
        for stage, (channels, count) in enumerate(VGG_STAGES):
            if stage:
                parts.append(nn.MaxPool1d(2))
            for _ in range(count):
                parts += [nn.Conv1d(before, channels // NARROWER, 3, padding=1), nn.ReLU()]
                before = channels // NARROWER
        wide = 4096 // NARROWER
        parts += [nn.Flatten(), nn.Linear(before * LENGTH // 16, wide), nn.ReLU(), nn.Linear(wide, wide), nn.ReLU()]
        super().__init__(*parts, nn.Linear(wide, 1024 // NARROWER))


class Residual(nn.Module):
    """Two convolutions and a skip around them."""

    def __init__(self, before: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(before, channels, 3, stride, 1)
        self.conv2 = nn.Conv1d(channels, channels, 3, 1, 1)
        self.skip = nn.Identity() if before == channels else nn.Conv1d(before, channels, 1, stride)

    def forward(self, signal: Tensor) -> Tensor:
        answer: Tensor = self.conv2(self.conv1(signal).relu()) + self.skip(signal)
        return answer.relu()


class ResNet18(nn.Sequential):
    """A wide first convolution, eight residual blocks, and one layer of classes."""

    def __init__(self) -> None:
        parts: list[nn.Module] = [nn.Conv1d(1, 64, 7, 2, 3), nn.ReLU(), nn.MaxPool1d(3, 2, 1)]
        before = 64
        for channels in (64, 128, 256, 512):
            parts += [Residual(before, channels, 1 if before == channels else 2), Residual(channels, channels, 1)]
            before = channels
        super().__init__(*parts, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(before, CLASSES))


CUTS = {"vgg16": Vgg16, "resnet18": ResNet18}


def cut(name: str) -> Anatomy:
    """The anatomy of one of `CUTS`."""
    return traced(without_weights(CUTS[name]), 1, LENGTH)
