"""One cell: out of thirty thousand neurons we go to a single one, and stay while it dreams."""

from installation.stage import PALETTES, Aims, Controls, Curve, Look, Place, Scene, coloured, glide, sway, toward


class OneCell(Scene):
    seconds = 96.0

    aims = Aims((0, "ar5[channels 0.31..0.31]"))

    near = Curve((4, 0.0), (46, 1.0), (62, 1.0), (94, 0.0))  # 0 before the whole body, 1 at the cell
    rest = Curve((0, 0.02), (46, 0.05), (62, 0.05), (96, 0.02))
    haze = Curve((0, 0.38), (46, 0.16), (62, 0.16), (96, 0.36))

    def look(self, t: float, controls: Controls) -> Look:
        turns, lift = sway(t, seconds=self.loop * 14, width=0.03, height=0.02)
        cell = self.places.of(self.aims(t))
        around = Place(cell.centre, max(cell.radius, 0.045))  # with its neighbours, who answer too
        far = toward(self.places["body"], 0.9, turns, lift)
        close = toward(around, 0.62, turns * 1.6, lift - 0.05, upward=0.4)
        look = Look(glide(far, close, self.near(t)), rest=self.rest(t), haze=self.haze(t), bloom=0.2)
        return coloured(look, PALETTES["ember"])
