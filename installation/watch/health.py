"""How the show is, from its status: in a word for a monitor, in numbers for Prometheus, in a sentence for people."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

STALE = 5.0  # seconds after which a status is no news

# name in status.json -> name of the metric, kind, what it is
METRICS = {
    "seconds": ("immersions_uptime_seconds", "gauge", "Seconds since the show began."),
    "frames": ("immersions_frames_total", "counter", "Pictures presented."),
    "dreams": ("immersions_dreams_total", "counter", "Dreams of the optimiser that could be heard."),
    "sound_blocks": ("immersions_sound_blocks_total", "counter", "Blocks of sound that the device asked for."),
    "underruns": ("immersions_underruns_total", "counter", "Blocks of sound that came too late."),
    "sound_restarts": ("immersions_sound_restarts_total", "counter", "Starts of a new sound process."),
    "optimiser_restarts": ("immersions_optimiser_restarts_total", "counter", "Starts of a new dreamer."),
    "from_the_bank": ("immersions_bank_loops_total", "counter", "Loops from the bank that were played instead."),
    "frame_ms_median": ("immersions_frame_milliseconds", "gauge", "Median time between two pictures."),
    "frame_ms_p99": ("immersions_frame_slow_milliseconds", "gauge", "Time between two pictures that 1 % exceed."),
    "loudness_lufs": ("immersions_loudness_lufs", "gauge", "Integrated loudness of the loop that is heard."),
    "score": ("immersions_score_spreads", "gauge", "How much the target answers, in its spreads on music."),
    "tempo": ("immersions_tempo_bpm", "gauge", "Beats a minute."),
    "rung": ("immersions_rung", "gauge", "How far down the ladder of degradation; 0 is as wished."),
}


def newest(runs: Path) -> dict[str, Any]:
    """The status of the newest run, with `age` in seconds; empty where there is none that can be read."""
    try:
        path = max(runs.glob("*/status.json"), key=lambda path: path.stat().st_mtime)
        status = json.loads(path.read_text())
        return {**status, "age": max(0.0, time.time() - path.stat().st_mtime)} if isinstance(status, dict) else {}
    except (OSError, ValueError):
        return {}


def troubles(status: Mapping[str, Any]) -> list[str]:
    """What is wrong now, in sentences; nothing where all is well."""
    if not status:
        return ["no show runs on this machine, or it has not written a status yet"]
    found = []
    if status.get("age", 0.0) > STALE:
        found.append(f"the last status is {status['age']:.0f} s old: the show hangs or has ended")
    if status.get("sound") == "silent" and not status.get("silent_wished", False):
        found.append("there is no sound device: the show is silent")
    if status.get("frame_ms_p99", 0.0) > 1000.0:
        found.append("pictures stand still for more than a second now and then")
    return found


def ready(status: Mapping[str, Any]) -> bool:
    """Whether pictures are shown."""
    return bool(status) and status.get("frames", 0) > 0 and status.get("age", 0.0) <= STALE


def metrics(status: Mapping[str, Any]) -> str:
    """The status in Prometheus' text format 0.0.4."""
    said = [
        "# HELP immersions_up Whether pictures are shown.",
        "# TYPE immersions_up gauge",
        f"immersions_up {int(ready(status))}",
    ]
    for key, (name, kind, about) in METRICS.items():
        value = status.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        said += [f"# HELP {name} {about}", f"# TYPE {name} {kind}", f"{name} {value}"]
    return "\n".join(said) + "\n"
