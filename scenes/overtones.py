"""Overtones: low over the plain of pitches, along the kernels that are tall enough to hear a chord as one shape."""

from installation.stage import PALETTES, Aims, Controls, Curve, Look, Place, Scene, coloured, journey, sway, toward


class Overtones(Scene):
    seconds = 112.0

    aims = Aims(
        (0, "block0.conv2[pitch 0.0..0.35]"),
        (36, "block2.conv2[pitch 0.25..0.7]"),
        (74, "block4.conv2[channels 0.55..0.65]"),
        fade=12.0,
    )

    stops = (
        (0, "block0.conv2[pitch 0.0..0.25]"),
        (34, "block0.conv2[pitch 0.6..0.85]"),
        (62, "block2.conv2[pitch 0.4..0.8]"),
        (90, "block4.conv2"),
        (110, "block4.conv2"),
    )
    height = Curve((0, -0.17), (40, -0.19), (84, -0.15), (112, -0.09))  # low, so that the far layers stand up
    turn = Curve((0, -0.05), (40, 0.06), (80, -0.04), (112, 0.0))
    reach = Curve((0, 0.26), (40, 0.22), (90, 0.32), (112, 0.5))

    def look(self, t: float, controls: Controls) -> Look:
        way = journey(t, *((second, self.places[name]) for second, name in self.stops))
        turns, lift = sway(t, seconds=self.loop * 14, width=0.01, height=0.008)
        near = Place(way.centre, self.reach(t) * self.places["body"].radius)
        camera = toward(near, 0.8, self.turn(t) + turns, self.height(t) + lift, 0.5)
        look = Look(camera, size=1.15, glow=0.9, rest=0.03, haze=0.5, pulses=1.2, bloom=0.18)
        return coloured(look, PALETTES["moss"])
