"""Card: the whole body, dark but for what the ear hears, for setting the delays of sound and picture by clicks."""

from installation.stage import Aims, Controls, Look, Scene, toward


class Card(Scene):
    seconds = 60.0
    aims = Aims((0, "scalogram"))

    def look(self, t: float, controls: Controls) -> Look:
        return Look(toward(self.places["body"], 0.9), glow=3.0, rest=0.0, haze=0.0)
