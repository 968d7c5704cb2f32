"""The styles: what tempo, feel, patterns, harmony and parts each of them draws from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MINOR = {"minor": 5.0, "dorian": 2.0, "phrygian": 1.0, "harmonic minor": 0.5}
BRIGHT = {"minor": 3.0, "dorian": 3.0, "major": 3.0, "mixolydian": 1.0, "lydian": 0.7}
DARK = {"minor": 4.0, "phrygian": 3.0, "dorian": 1.0}


@dataclass(frozen=True, slots=True)
class Style:
    """What a style draws from; ranges are (low, high), parts how likely each is in a track."""

    name: str
    weight: float  # how often it is drawn
    bpm: tuple[float, float]
    swing: tuple[float, float]
    kick: Mapping[str, float]
    clap: Mapping[str, float]
    hat: Mapping[str, float]
    bass: Mapping[str, float]
    modes: Mapping[str, float]
    colour: float  # 0..1, how much jazz
    pump: tuple[float, float]  # depth of the side-chain
    parts: Mapping[str, float] = field(default_factory=dict)


FULL = {
    "loop": 0.15,
    "air": 0.25,
    "clap": 0.95,
    "hat": 0.97,
    "open": 0.8,
    "perc": 0.8,
    "perc2": 0.55,
    "perc3": 0.3,
    "bass": 0.97,
    "stab": 0.85,
    "pad": 0.6,
    "lead": 0.45,
    "arp": 0.35,
    "stab2": 0.25,
}
HATS_ALL = {"off": 2.0, "eighth": 2.0, "sixteenth": 3.0, "sparse": 0.5}

STYLES = (
    Style("deep house", 3, (117, 124), (0.05, 0.3), {"four": 1}, {"back": 1}, HATS_ALL, {"off": 1, "funk": 2,
          "tresillo": 2, "sparse": 2},
          BRIGHT, 0.9, (0.2, 0.7), FULL | {"pad": 0.8}),
    Style("house", 3, (120, 128), (0.0, 0.25), {"four": 1}, {"back": 4, "four": 1}, HATS_ALL, {"off": 3, "funk": 3,
          "eighth": 1, "tresillo": 2},
          BRIGHT, 0.6, (0.3, 0.8), FULL),
    Style("tech house", 2.5, (123, 129), (0.0, 0.2), {"four": 1}, {"back": 3, "none": 1}, HATS_ALL, {"rolling": 2,
          "funk": 3, "off": 1, "tresillo": 1},
          MINOR, 0.2, (0.3, 0.8), FULL | {"pad": 0.25, "perc2": 0.8, "perc3": 0.6, "stab": 0.6}),
    Style("acid house", 1.5, (118, 128), (0.0, 0.2), {"four": 1}, {"back": 3, "none": 1}, HATS_ALL, {"sixteenth": 4,
          "funk": 1},
          MINOR, 0.1, (0.0, 0.5), FULL | {"stab": 0.4, "pad": 0.3, "lead": 0.3}),
    Style("disco house", 2, (119, 128), (0.0, 0.15), {"four": 1}, {"back": 3, "four": 1}, {"off": 3, "sixteenth": 2,
          "eighth": 1}, {"funk": 3, "eighth": 2, "off": 1},
          BRIGHT, 0.7, (0.3, 0.9), FULL | {"stab2": 0.6, "arp": 0.4}),
    Style("progressive house", 1.5, (121, 130), (0.0, 0.1), {"four": 1}, {"back": 1}, {"off": 3, "sixteenth": 1},
          {"rolling": 3, "eighth": 2, "off": 2},
          MINOR, 0.3, (0.5, 0.95), FULL | {"pad": 0.9, "arp": 0.8, "lead": 0.7}),
    Style("piano house", 1.2, (120, 128), (0.0, 0.15), {"four": 1}, {"back": 1}, HATS_ALL, {"off": 2, "funk": 1,
          "eighth": 1},
          {"major": 3, "minor": 3, "mixolydian": 1}, 0.5, (0.2, 0.7), FULL | {"stab": 1.0, "lead": 0.5}),
    Style("minimal", 1.2, (120, 130), (0.0, 0.25), {"four": 1}, {"none": 1, "back": 1}, {"sparse": 2, "off": 1,
          "sixteenth": 1}, {"sparse": 2, "funk": 1, "tresillo": 1},
          MINOR, 0.2, (0.0, 0.5), {"clap": 0.7, "hat": 0.9, "open": 0.4, "perc": 1, "perc2": 0.9, "perc3": 0.7,
          "bass": 0.9, "stab": 0.5, "pad": 0.2, "lead": 0.2}),
    Style("garage", 1.2, (126, 136), (0.2, 0.35), {"four": 1, "two-step": 3}, {"back": 1}, {"sixteenth": 2,
          "broken": 2, "eighth": 1}, {"funk": 3, "sparse": 2, "tresillo": 1},
          BRIGHT, 0.7, (0.0, 0.5), FULL),
    Style("techno", 2, (125, 142), (0.0, 0.1), {"four": 1}, {"none": 2, "back": 2}, {"off": 3, "sixteenth": 3,
          "eighth": 1}, {"rolling": 3, "sixteenth": 2, "off": 1, "sparse": 1},
          DARK, 0.05, (0.3, 0.95), FULL | {"stab": 0.55, "pad": 0.5, "arp": 0.6, "lead": 0.2}),
    Style("dub techno", 1, (117, 127), (0.0, 0.12), {"four": 1}, {"none": 1, "back": 1}, {"off": 1, "sparse": 2,
          "sixteenth": 1}, {"sparse": 3, "off": 1},
          DARK, 0.4, (0.2, 0.8), {"clap": 0.5, "hat": 0.9, "open": 0.4, "perc": 0.6, "perc2": 0.3, "bass": 0.9,
          "stab": 1.0, "pad": 0.7}),
    Style("electro", 1, (118, 135), (0.0, 0.1), {"electro": 1}, {"back": 2, "broken": 1}, {"sixteenth": 3,
          "eighth": 1}, {"sixteenth": 2, "funk": 2, "kick": 1},
          MINOR, 0.1, (0.0, 0.4), FULL | {"arp": 0.6, "lead": 0.5}),
    Style("breakbeat", 1.5, (122, 140), (0.0, 0.2), {"broken": 1}, {"broken": 3, "back": 1}, {"broken": 3,
          "sixteenth": 1, "eighth": 1}, {"funk": 2, "sparse": 2, "kick": 2, "eighth": 1},
          MINOR, 0.3, (0.0, 0.4), FULL | {"loop": 0.5}),
    Style("drum and bass", 0.7, (160, 176), (0.0, 0.1), {"two-step": 3, "broken": 1}, {"broken": 2, "back": 2},
          {"broken": 1, "eighth": 2, "sixteenth": 1}, {"sparse": 3, "kick": 2, "funk": 1},
          MINOR, 0.5, (0.0, 0.4), FULL | {"pad": 0.8, "loop": 0.5}),
    Style("downtempo", 1.5, (74, 108), (0.0, 0.33), {"slow": 3, "broken": 1}, {"back": 3, "broken": 1}, {"eighth": 2,
          "sixteenth": 1, "broken": 1, "sparse": 1}, {"sparse": 3, "kick": 2, "funk": 1, "tresillo": 1},
          BRIGHT, 0.9, (0.0, 0.4), FULL | {"pad": 0.85, "lead": 0.6}),
    Style("slow house", 1, (98, 117), (0.0, 0.25), {"four": 1}, {"back": 1}, HATS_ALL, {"funk": 2, "eighth": 2,
          "off": 1, "tresillo": 1},
          BRIGHT, 0.6, (0.2, 0.7), FULL),
    Style("half step", 0.5, (132, 146), (0.0, 0.15), {"half": 1}, {"half": 1}, {"eighth": 1, "broken": 1,
          "sparse": 2, "sixteenth": 1}, {"sparse": 3, "kick": 1, "tresillo": 1},
          DARK, 0.3, (0.0, 0.5), FULL | {"pad": 0.7}),
)  # fmt: skip
