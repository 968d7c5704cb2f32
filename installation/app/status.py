"""What a running show tells those who look after it: everything that stands in status.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from installation.data import Heard
from installation.stage import Moment

if TYPE_CHECKING:
    from installation.app.live import Live


def status_of(show: Live, moment: Moment, heard: Heard) -> dict[str, Any]:
    """What a technician wants to know, by name."""
    verdict = heard.dream.verdict
    return {
        **show.pace.told(),
        "show": show.caller.show.name,
        "scene": moment.scene,
        **show.caller.told(heard.loop + heard.place),
        **show.watching.told(),
        "model": show.body.model,
        "loop": heard.loop,
        "dream": heard.dream.number,
        "score": heard.dream.score,
        "steps": heard.dream.step,
        "loudness_lufs": verdict.loudness if verdict else None,
        "silent_wished": show.settings.sound.device == "none",
        "sound": "silent" if show.player.silent else "playing",
        "sound_blocks": show.player.blocks,
        "underruns": show.player.underruns,
        "sound_restarts": show.player.restarts,
        "tempo": round(show.ensemble.tempo, 2),
        "tempo_master": show.ensemble.master,
        "held": show.desk.holding,
        "optimiser_restarts": show.dreamer.restarts,
        "from_the_bank": show.understudy.played,
        "cpu_seconds_per_step": round(show.critic.seconds_per_step, 4),
        "rung": show.easel.ladder.number,
        **show.hands.told(),
        **show.visiting.told(),
    }
