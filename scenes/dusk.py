"""Dusk: what came out of one point goes back into it, the last layers first; what is left is little and far away."""

from installation.stage import PALETTES, Aims, Controls, Curve, Look, Place, Scene, coloured, sway, toward


class Dusk(Scene):
    seconds = 72.0

    aims = Aims((0, "ar2[channels 0.1..0.2]"), (20, "block1.conv2[pitch 0.0..0.4]"), (44, "silence(block1.conv2)"))

    formed = Curve((0, 1.0), (18, 0.8), (50, 0.44), (66, 0.2), (72, 0.1))
    fill = Curve((0, 0.9), (24, 0.72), (72, 0.62))
    rise = Curve((0, 0.0), (24, 0.38), (72, 0.1))  # into the upper half: there is room for words below
    turn = Curve((0, 0.0), (72, 0.11))
    lift = Curve((0, 0.0), (72, 0.08))
    light = Curve((0, 1.0), (40, 0.9), (60, 0.3), (71, 0.0))

    def look(self, t: float, controls: Controls) -> Look:
        turns, lift = sway(t, seconds=self.loop * 16, width=0.02, height=0.015)
        body = self.places["body"]
        x, y, z = body.centre
        below = Place((x, y - self.rise(t) * body.radius, z), body.radius)
        camera = toward(below, self.fill(t), self.turn(t) + turns, self.lift(t) + lift)
        light = self.light(t)
        look = Look(camera, formed=self.formed(t), glow=light, rest=0.03 * light, haze=0.3 * light, pulses=light)
        return coloured(look, PALETTES["moon"])
