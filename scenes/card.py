"""Card: the first layer from near, for setting the delays of sound and picture by clicks and flashes."""

from installation.stage import Aims, Controls, Look, Scene, toward


class Card(Scene):
    seconds = 60.0
    aims = Aims((0, "scalogram"))

    def look(self, t: float, controls: Controls) -> Look:
        return Look(toward(self.places["scalogram"], 0.9), glow=3.0, rest=0.0, haze=0.0)
