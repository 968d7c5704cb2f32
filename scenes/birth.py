"""Birth: out of one point come a few discs, a layer each; they take their places, open, and a body hears."""

from installation.stage import PALETTES, Aims, Controls, Curve, Look, Scene, coloured, sway, toward


class Birth(Scene):
    seconds = 72.0

    aims = Aims((0, "block0.conv1[pitch 0.0..0.4]"), (28, "block2.conv2[channels 0.3..0.45]"), (52, "ar1"), fade=10.0)

    formed = Curve((0, 0.10), (24, 0.44), (58, 1.0))
    fill = Curve((0, 2.6), (24, 1.15), (62, 0.90))
    lift = Curve((0, 0.10), (40, 0.03), (72, 0.0))
    turn = Curve((0, -0.09), (58, 0.02), (72, 0.0))
    pulses = Curve((36, 0.2), (64, 1.2))

    def look(self, t: float, controls: Controls) -> Look:
        turns, lift = sway(t, seconds=self.loop * 16, width=0.02, height=0.015)
        camera = toward(self.places["body"], self.fill(t), self.turn(t) + turns, self.lift(t) + lift)
        look = Look(camera, formed=self.formed(t), rest=0.03, haze=0.34, pulses=self.pulses(t), bloom=0.2)
        return coloured(look, PALETTES["layers"])
