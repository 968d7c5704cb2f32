"""Descent: we sink through the layers, from the ones that hear single sounds to the ones that hear time."""

from installation.stage import PALETTES, Aims, Controls, Curve, Look, Scene, coloured, journey, sway, toward


class Descent(Scene):
    seconds = 144.0

    aims = Aims(
        (0, "block1.conv2[channels 0.6..0.75]"),
        (28, "block4.conv1[channels 0.1..0.2]"),
        (56, "block6.conv2[channels 0.5..0.54]"),
        (80, "ar2[channels 0.3..0.36]"),
        (104, "ar5[channels 0.3..0.34]"),
        (124, "ar8[channels 0.5..0.53]"),
        fade=10.0,
    )

    fill = Curve((0, 0.86), (22, 0.74), (110, 0.66), (144, 0.86))
    lift = Curve((0, 0.0), (26, -0.09), (110, -0.07), (144, 0.0))  # a fifth of a right angle and more from below
    turn = Curve((0, -0.02), (40, 0.035), (80, -0.035), (118, 0.03), (144, 0.0))
    lean = Curve((0, 0.0), (30, 0.5), (110, 0.5), (140, 0.0))
    glow = Curve((0, 0.95), (30, 1.1), (110, 1.1), (144, 1.0))
    rest = Curve((0, 0.02), (30, 0.03), (110, 0.03), (144, 0.02))

    def look(self, t: float, controls: Controls) -> Look:
        at = self.places
        stops = ((6, "body"), (28, "block1"), (54, "block4"), (78, "block6"), (100, "ar2"), (120, "ar"), (142, "body"))
        place = journey(t, *((second, at[name]) for second, name in stops))
        turns, lift = sway(t, seconds=self.loop * 12, width=0.012, height=0.01)
        camera = toward(place, self.fill(t), self.turn(t) + turns, self.lift(t) + lift, self.lean(t))
        look = Look(camera, glow=self.glow(t), rest=self.rest(t), haze=0.3, bloom=0.17)
        return coloured(look, PALETTES["lagoon"])
