"""How a track unfolds: sections of eight bars, which parts play in each, and what joins them."""

from dataclasses import dataclass

from numpy.random import Generator

PLANS = (
    ("intro", "groove", "groove", "break", "build", "drop", "drop", "outro"),
    ("intro", "groove", "drop", "break", "drop", "outro"),
    ("groove", "groove", "break", "drop", "drop"),
    ("intro", "intro", "groove", "drop", "break", "build", "drop", "outro"),
    ("break", "build", "drop", "groove", "break", "drop", "outro"),
    ("intro", "groove", "groove", "groove", "drop", "outro"),
    ("groove", "break", "groove", "build", "drop", "groove", "outro"),
    ("intro", "break", "drop", "groove", "drop"),
    ("drop", "groove", "break", "build", "drop"),
    ("intro", "groove", "build", "drop", "break", "groove", "drop", "outro"),
)

ACTIVE = {  # how likely a part plays in a section
    "intro": {"loop": 0.4, "air": 0.6, "kick": 0.85, "clap": 0.45, "hat": 0.7, "open": 0.3, "perc": 0.6,
        "bass": 0.25, "stab": 0.25,
        "pad": 0.35, "lead": 0.05, "arp": 0.2},
    "groove": {"loop": 0.6, "air": 0.3, "kick": 1.0, "clap": 0.9, "hat": 0.95, "open": 0.7, "perc": 0.8,
        "bass": 0.95, "stab": 0.7,
        "pad": 0.35, "lead": 0.2, "arp": 0.45},
    "build": {"loop": 0.5, "air": 0.4, "kick": 0.55, "clap": 0.4, "hat": 0.7, "open": 0.4, "perc": 0.6, "bass": 0.4,
        "stab": 0.8, "pad": 0.7,
        "lead": 0.4, "arp": 0.7},
    "drop": {"loop": 0.8, "air": 0.3, "kick": 1.0, "clap": 1.0, "hat": 1.0, "open": 0.9, "perc": 0.85, "bass": 1.0,
        "stab": 0.9, "pad": 0.55,
        "lead": 0.7, "arp": 0.6},
    "break": {"loop": 0.4, "air": 0.8, "kick": 0.1, "clap": 0.15, "hat": 0.35, "open": 0.15, "perc": 0.4,
        "bass": 0.35, "stab": 0.65,
        "pad": 0.95, "lead": 0.55, "arp": 0.5},
    "outro": {"loop": 0.5, "air": 0.5, "kick": 1.0, "clap": 0.6, "hat": 0.8, "open": 0.4, "perc": 0.7, "bass": 0.4,
        "stab": 0.25, "pad": 0.3,
        "lead": 0.05, "arp": 0.15},
}  # fmt: skip

STEADY = ("kick", "bass", "stab", "pad", "arp")  # parts that sound in every bar or two
FILLS = ("stop", "roll", "kickless", "tom", "none", "none", "none")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a track.

    start, bars   sixteenths from the first beat, bars of four beats
    parts         name -> the step within the section at which the part comes in
    sweep         what moves over the instruments: "", "low", "high", "band" or "comb", rising or falling
    """

    name: str
    start: int
    bars: int
    parts: dict[str, int]
    sweep: str
    rising: bool
    fill: str
    riser: bool
    crash: bool

    @property
    def steps(self) -> int:
        return 16 * self.bars


def arrange(parts: list[str], generator: Generator, bars: float) -> list[Section]:
    """Draw the sections of a track that has these parts and lasts at least so many bars."""
    plan = PLANS[int(generator.integers(len(PLANS)))]
    while 7 * len(plan) < bars:
        plan = (*plan[:-1], *PLANS[int(generator.integers(len(PLANS)))][1:])
    found: list[Section] = []
    start = 0
    for number, name in enumerate(plan):
        length = (
            int(generator.choice((4, 8, 16), p=(0.4, 0.6, 0)))
            if name in ("build", "break")
            else int(generator.choice((4, 8, 16), p=(0.06, 0.86, 0.08)))
        )
        following = plan[number + 1] if number + 1 < len(plan) else ""
        lift = following == "drop" and name in ("build", "break", "groove")
        sweep = ""
        if generator.random() < {"build": 0.7, "intro": 0.45, "break": 0.45, "outro": 0.3}.get(name, 0.12):
            sweep = str(generator.choice(("low", "low", "high", "band", "comb")))
        found.append(
            Section(
                name,
                start,
                length,
                active(name, parts, 16 * length, generator),
                sweep,
                bool(generator.random() < (0.9 if lift or name == "intro" else 0.4)),
                FILLS[int(generator.integers(len(FILLS)))] if name != "outro" else "none",
                bool(lift and generator.random() < 0.7),
                bool(name in ("drop", "groove") and number > 0 and generator.random() < 0.5),
            )
        )
        start += 16 * length
    return found


def active(section: str, parts: list[str], steps: int, generator: Generator) -> dict[str, int]:
    """Which parts play in a section, and the step at which each comes in."""
    table = ACTIVE[section]
    playing = {}
    for part in parts:
        if generator.random() < table[part.rstrip("23")] * (0.8 if part[-1] in "23" else 1.0):
            late = generator.random() < (0.3 if section in ("intro", "break", "groove") else 0.08) and part != "kick"
            playing[part] = int(generator.choice((steps // 2, steps // 4))) if late else 0
    if not any(late == 0 and part in STEADY for part, late in playing.items()):  # nothing may be silent for long
        steady = [part for part in parts if part in STEADY]
        playing[steady[int(generator.integers(len(steady)))]] = 0
    return playing
