"""Flood: we rise from under the body until it fills all that we see, while more and more of it answers."""

from installation.stage import PALETTES, Aims, Controls, Curve, Look, Place, Scene, coloured, journey, sway, toward


class Flood(Scene):
    seconds = 96.0

    aims = Aims(
        (0, "block2.conv2[channels 0.2..0.5] + 0.6 like(beat-mika, block1.conv2)"),
        (26, "block4.conv1 + ar2 + like(beat-mika, ar1)"),
        (52, "block4.conv1 + ar5 + ar8 + like(beat-mika, ar5)"),
        fade=12.0,
    )

    stops = ((0, "block1.conv2[pitch 0.4..0.9]"), (36, "block4.conv1"), (66, "ar1"), (84, "body"))
    lift = Curve((0, -0.2), (40, -0.16), (72, 0.02), (96, 0.05))
    turn = Curve((0, 0.09), (48, -0.05), (96, 0.02))
    reach = Curve((0, 0.3), (40, 0.5), (80, 0.95), (96, 1.0))
    fill = Curve((0, 0.9), (72, 1.35), (96, 1.15))
    glow = Curve((0, 0.85), (72, 1.3), (96, 1.1))
    pulses = Curve((0, 0.8), (72, 3.2), (96, 1.8))

    def look(self, t: float, controls: Controls) -> Look:
        way = journey(t, *((second, self.places[name]) for second, name in self.stops))
        turns, lift = sway(t, seconds=self.loop * 12, width=0.012, height=0.012)
        near = Place(way.centre, self.reach(t) * self.places["body"].radius)
        camera = toward(near, self.fill(t), self.turn(t) + turns, self.lift(t) + lift)
        look = Look(camera, glow=self.glow(t), rest=0.035, haze=0.5, pulses=self.pulses(t), bloom=0.24)
        return coloured(look, PALETTES["layers"])
