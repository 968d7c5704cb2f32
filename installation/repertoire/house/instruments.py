"""The families that a track may draw its bass, stabs, pads and leads from."""

from installation.repertoire.house.patches import (
    Family,
    analogue,
    cloud_family,
    coloured,
    doubled,
    fm_family,
    mallet_family,
    recorded,
    string_family,
)

MARIMBA = ((1, 1.0, 0.07), (3.93, 0.4, 0.03), (9.2, 0.15, 0.015))
KALIMBA = ((1, 1.0, 0.12), (5.4, 0.25, 0.03), (6.7, 0.2, 0.02))
GLASS = ((1, 1.0, 0.25), (2.76, 0.6, 0.15), (5.4, 0.35, 0.08), (8.9, 0.2, 0.04))
CHURCH = ((0.5, 0.5, 0.4), (1, 1.0, 0.3), (1.19, 0.7, 0.2), (1.5, 0.5, 0.15), (2.0, 0.6, 0.12), (2.74, 0.3, 0.08))

BASSES: dict[str, Family] = {
    "saw": analogue("saw", (120, 500), (1, 3.5), (0.04, 0.2), (0.8, 2.5)),
    "square": analogue("square", (150, 600), (0.5, 3), (0.05, 0.25), (0.8, 2)),
    "acid": analogue("saw", (150, 500), (2, 4.5), (0.05, 0.2), (4, 14), drive=1.5, hold=(0, 0.4)),
    "acid square": analogue("square", (150, 450), (2, 4.5), (0.05, 0.2), (4, 12), drive=2.0, hold=(0, 0.4)),
    "sub": analogue("sine", (400, 1200), (0, 0.5), (0.1, 0.4), (0.7, 0.9), hold=(0.4, 0.9)),
    "warm": analogue("triangle", (200, 700), (0.5, 2), (0.06, 0.3), (0.8, 1.2)),
    "organ": analogue("organ", (500, 2500), (0, 1), (0.05, 0.2), (0.7, 1), hold=(0.2, 0.8)),
    "reese": analogue("saw", (250, 900), (0, 1), (0.1, 0.4), (0.8, 1.8), unison=3, spread=22, hold=(0.6, 1.0)),
    "fm": fm_family((0.5, 1, 2, 3), (1, 5), (0.04, 0.15), (0, 0.4)),
    "solid": fm_family((1, 2), (0.8, 2.5), (0.05, 0.2), (0.2, 0.6), 1.5),
    "growl": analogue("double", (200, 800), (1, 3), (0.06, 0.3), (1.5, 4), drive=3.0, mouth=True),
    "slide": analogue("sine", (500, 1500), (0, 1), (0.1, 0.3), (0.7, 1), hold=(0.4, 0.9), glide=12.0, drive=2.0),
    "pluck": string_family((0.2, 0.7), (0.08, 0.3), 0.15),
    "pulse": analogue("pulse", (150, 700), (1, 3), (0.04, 0.2), (1, 4)),
    "digital": analogue("digital", (200, 900), (0.5, 3), (0.05, 0.2), (0.8, 3)),
    "played": recorded("bass"),
    "synth bass": recorded("synth bass"),
}

STABS: dict[str, Family] = {
    "saw": analogue("saw", (400, 2500), (1, 3), (0.05, 0.25), (0.8, 2), unison=2),
    "wide": analogue("saw", (800, 5000), (0, 2), (0.08, 0.4), (0.7, 1.2), unison=4, spread=18, hold=(0.2, 0.9)),
    "square": analogue("square", (400, 2500), (0.5, 2.5), (0.05, 0.3), (0.8, 1.5)),
    "organ": analogue("organ", (1500, 6000), (0, 1), (0.05, 0.2), (0.7, 1), hold=(0.1, 0.8)),
    "korg": doubled(
        analogue("organ", (1200, 4000), (0, 1), (0.04, 0.12), (0.7, 1)),
        analogue("sine", (2000, 6000), (0, 0.5), (0.03, 0.08), (0.7, 1)),
    ),
    "dub": analogue("saw", (300, 1200), (0.5, 2.5), (0.08, 0.3), (1.5, 5), unison=2, spread=10),
    "electric": fm_family((1, 14, 7), (0.5, 2), (0.1, 0.4), (0, 0.3)),
    "glass": fm_family((3, 3.5, 5), (1, 3), (0.06, 0.3), (0, 0.3)),
    "hollow": analogue("hollow", (600, 3000), (0.5, 2), (0.06, 0.3), (0.8, 2)),
    "reed": analogue("reed", (800, 4000), (0.3, 1.5), (0.06, 0.3), (0.8, 1.5), hold=(0.3, 0.8)),
    "voice": analogue(
        "saw", (2000, 6000), (0, 1), (0.1, 0.3), (0.7, 1), unison=3, spread=14, mouth=True, hold=(0.3, 0.9)
    ),
    "digital": analogue("digital", (700, 4000), (0.5, 2.5), (0.05, 0.25), (0.8, 3)),
    "guitar": string_family((0.3, 0.9), (0.1, 0.5)),
    "muted guitar": string_family((0.5, 1.0), (0.05, 0.2), 0.06),
    "mallets": mallet_family(MARIMBA, (0.7, 1.5)),
    "telephone": coloured(analogue("saw", (800, 4000), (0.5, 2), (0.06, 0.3), (0.8, 2), unison=2), "band"),
    "piano": recorded("piano"),
    "electric piano": recorded("electric piano"),
    "keys": recorded("organ", "mallet"),
    "brass": recorded("brass"),
    "strings": recorded("strings", "guitar"),
}

PADS: dict[str, Family] = {
    "strings": cloud_family("saw", (6, 25), (800, 5000), (0.1, 0.8)),
    "warm": cloud_family("saw", (4, 14), (300, 1200), (0.2, 1.0)),
    "glass": cloud_family("hollow", (2, 8), (2000, 8000), (0.2, 1.0)),
    "choir": cloud_family("saw", (8, 25), (3000, 8000), (0.2, 0.8), mouth=True),
    "organ": cloud_family("organ", (1.5, 6), (1500, 6000), (0.05, 0.4)),
    "mist": cloud_family("triangle", (15, 60), (1000, 6000), (0.4, 1.2)),
    "sweep": cloud_family("saw", (5, 20), (500, 2500), (0.1, 0.6), movement="low"),
    "phaser": cloud_family("square", (5, 18), (600, 2500), (0.1, 0.6), movement="comb"),
    "band": cloud_family("double", (5, 20), (600, 2500), (0.1, 0.6), movement="band"),
    "digital": cloud_family("digital", (3, 12), (1500, 7000), (0.1, 0.8)),
    "wide": analogue(
        "saw", (600, 3000), (0, 1), (0.3, 1.0), (0.7, 1.2), unison=4, spread=16, hold=(0.8, 1.0), attack=0.2
    ),
    "slow": analogue("square", (300, 1200), (0.5, 2), (0.4, 1.5), (1, 3), unison=2, hold=(0.8, 1.0), attack=0.3),
    "played": recorded("pad"),
    "ensemble": recorded("strings"),
}

LEADS: dict[str, Family] = {
    "saw": analogue("saw", (800, 5000), (0.5, 3), (0.06, 0.3), (0.8, 3), unison=2),
    "super": analogue("saw", (1500, 8000), (0, 2), (0.1, 0.4), (0.7, 1.2), unison=5, spread=20, hold=(0.4, 0.9)),
    "square": analogue("square", (800, 4000), (0, 2), (0.06, 0.3), (0.8, 2), hold=(0.2, 0.9)),
    "pulse": analogue("pulse", (600, 4000), (0.5, 2.5), (0.05, 0.3), (0.8, 4)),
    "acid": analogue("saw", (200, 700), (2, 4.5), (0.06, 0.2), (5, 15), drive=1.5, hold=(0, 0.4)),
    "whistle": analogue(
        "triangle", (2000, 6000), (0, 1), (0.1, 0.3), (0.7, 1), hold=(0.5, 0.9), glide=2.0, attack=0.02
    ),
    "bell": fm_family((1.41, 2.76, 3.5, 3.99), (1, 4), (0.1, 0.4), (0, 0.1)),
    "pluck": analogue("saw", (300, 1200), (2, 5), (0.02, 0.08), (0.8, 3), hold=(0, 0.1)),
    "string": string_family((0.3, 1.0), (0.1, 0.6)),
    "marimba": mallet_family(MARIMBA, (0.7, 1.8)),
    "kalimba": mallet_family(KALIMBA, (0.7, 1.8)),
    "glass": mallet_family(GLASS, (0.3, 1.0)),
    "church": mallet_family(CHURCH, (0.3, 1.0)),
    "voice": analogue(
        "saw",
        (3000, 8000),
        (0, 0.5),
        (0.1, 0.4),
        (0.7, 1),
        unison=3,
        spread=12,
        mouth=True,
        hold=(0.5, 0.9),
        glide=-1.0,
    ),
    "digital": analogue("digital", (800, 5000), (0.5, 3), (0.05, 0.3), (0.8, 3)),
    "telephone": coloured(fm_family((1, 2, 3), (1, 5), (0.05, 0.3), (0, 0.5), 1.0), "band"),
    "played": recorded("lead", "wind"),
    "harp": recorded("mallet", "guitar"),
}
