"""Silence: the body at rest. Little is dreamt and little is seen, so that the next sound is heard."""

from installation.stage import PALETTES, Aims, Controls, Curve, Look, Scene, coloured, sway, toward


class Silence(Scene):
    seconds = 48.0

    aims = Aims((0, "silence(block1.conv2) + 0.6 silence(ar5)"))

    fill = Curve((0, 0.72), (48, 0.52))
    exposure = Curve((0, 0.0), (22, -0.9), (28, -0.9), (48, 0.0))

    def look(self, t: float, controls: Controls) -> Look:
        turns, lift = sway(t, seconds=self.loop * 12, width=0.06, height=0.04)
        camera = toward(self.places["body"], self.fill(t), turns, lift + 0.05)
        look = Look(camera, size=0.95, rest=0.028, haze=0.33, pulses=0.6, exposure=self.exposure(t), bloom=0.3)
        return coloured(look, PALETTES["moon"])
