"""The beat: at the far end of the body, where whole bars are heard at once, time itself pulses along the threads."""

from installation.stage import PALETTES, Aims, Controls, Curve, Look, Place, Scene, coloured, journey, sway, toward


class Beat(Scene):
    seconds = 96.0

    aims = Aims((0, "ar5[channels 0.2..0.3]"), (32, "ar7[channels 0.4..0.46]"), (64, "ar8[channels 0.1..0.16]"))

    reach = Curve((0, 1.0), (20, 0.62), (80, 0.55), (96, 0.8))
    turn = Curve((0, -0.03), (48, 0.055), (96, -0.02))
    lean = Curve((0, 0.0), (24, 0.7), (80, 0.7), (96, 0.3))

    def look(self, t: float, controls: Controls) -> Look:
        way = journey(
            t, (0, self.places["ar"]), (40, self.places["ar5"]), (64, self.places["ar8"]), (92, self.places["ar"])
        )
        turns, lift = sway(t, seconds=self.loop * 10, width=0.012, height=0.018)
        near = Place(way.centre, max(way.radius, self.reach(t) * self.places["ar"].radius))
        camera = toward(near, 0.8, self.turn(t) + turns, lift - 0.06, self.lean(t))
        look = Look(camera, size=0.85, glow=1.15, rest=0.02, haze=0.2, pulses=2.6, bloom=0.24)
        return coloured(look, PALETTES["aurora"])
