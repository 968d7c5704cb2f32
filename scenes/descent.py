"""Descent: we sink through the layers, from those that hear single sounds to those that hear time."""

from installation.stage import PALETTES, Aims, Controls, Curve, Look, Place, Scene, coloured, journey, sway, toward


class Descent(Scene):
    seconds = 160.0

    aims = Aims(
        (0, "block1.conv2[channels 0.6..0.75]"),
        (32, "block3.conv2[channels 0.1..0.2, pitch 0.5..1.0]"),
        (58, "block4.conv1[channels 0.1..0.2]"),
        (82, "block6.conv2[channels 0.5..0.54]"),
        (104, "ar2[channels 0.3..0.36]"),
        (126, "ar5[channels 0.3..0.34]"),
        (144, "ar8[channels 0.5..0.53]"),
        fade=10.0,
    )

    stops = (
        (4, "body"),
        (28, "block0.conv2[pitch 0.05..0.3]"),
        (50, "block2.conv1[pitch 0.3..0.6]"),
        (72, "block3.conv2[pitch 0.55..0.8]"),
        (94, "block4.conv1"),
        (112, "block6.conv2"),
        (132, "ar"),
        (156, "body"),
    )
    reach = Curve((4, 1.0), (28, 0.40), (94, 0.34), (112, 0.30), (132, 0.38), (158, 1.0))  # how much of it we see
    fill = Curve((0, 0.90), (28, 0.85), (132, 0.85), (160, 0.90))
    lift = Curve((0, 0.0), (28, -0.115), (72, -0.13), (112, -0.10), (134, -0.06), (158, 0.0))  # low over the plain
    turn = Curve((0, 0.0), (28, 0.03), (72, -0.035), (112, 0.03), (158, 0.0))
    lean = Curve((0, 0.0), (28, 0.6), (112, 0.6), (156, 0.0))
    rest = Curve((0, 0.02), (28, 0.035), (132, 0.035), (160, 0.02))

    def look(self, t: float, controls: Controls) -> Look:
        place = journey(t, *((second, self.places[name]) for second, name in self.stops))
        turns, lift = sway(t, seconds=self.loop * 12, width=0.012, height=0.01)
        near = Place(place.centre, self.reach(t) * self.places["body"].radius)
        camera = toward(near, self.fill(t), self.turn(t) + turns, self.lift(t) + lift, self.lean(t))
        look = Look(camera, rest=self.rest(t), haze=0.42, bloom=0.17)
        return coloured(look, PALETTES["lagoon"])
