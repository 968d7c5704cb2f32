"""The report of a verification: one page that needs nothing else, to be printed, signed and filed."""

import base64
import html
import io
import platform
import time
from pathlib import Path

from PIL import Image

from installation import __version__, whole
from installation.errors import StorageError
from installation.workshop.findings import Check, Report, Scene
from installation.workshop.oracle import WORDS

WIDTH, HEIGHT = 720, 120  # of the curve of light

SAYING = (
    "This report says what a computer measured on one performance of this show, rendered with this version on this "
    "machine. It is no certificate. Projectors, screens, loudspeakers and the room change light and sound; whoever "
    "answers for the venue decides, and measures on site."
)


def write(report: Report, out: Path) -> None:
    """Write the page whole or not at all. Raises StorageError."""
    try:
        whole.write(out, page(report))
    except OSError as error:
        raise StorageError(f"the report {out} cannot be written: {error.strerror}. Choose another place.") from None


def page(report: Report) -> str:
    """The report as HTML."""
    verdict = "Every limit is kept." if report.fine else "Not every limit is kept."
    facts = (
        f"show {report.show}, ear {report.model}, seed {report.seed}, {report.seconds:.0f} s of it, seen at "
        f"{report.size[0]} x {report.size[1]}, in {report.took:.0f} s on {platform.node()} ({platform.system()}), "
        f"Immersions {__version__}, {time.strftime('%Y-%m-%d %H:%M')}"
    )
    layers = "".join(
        f'<tr><th scope="row">{html.escape(name)}<td>{seconds:.0f} s' for name, seconds in report.layers.items()
    )
    return PAGE.format(
        title=html.escape(report.show),
        kind="kept" if report.fine else "broken",
        verdict=verdict,
        facts=html.escape(facts),
        saying=SAYING,
        checks="".join(map(_check, report.checks)),
        scenes="".join(map(_scene, report.scenes)),
        curve=_curve(report.light),
        layers=layers,
    )


def _check(check: Check) -> str:
    sign = {True: "kept", False: "broken", None: ""}[check.fine]
    said = {True: "kept", False: "NOT KEPT", None: "told"}[check.fine]
    cells = "".join(f"<td>{html.escape(text)}" for text in (check.found, check.limit))
    return f'<tr class="{sign}"><th scope="row">{html.escape(check.name)}{cells}<td>{said}'


def _scene(scene: Scene) -> str:
    picture = ""
    if scene.picture is not None:
        data = io.BytesIO()
        Image.fromarray(scene.picture).save(data, "JPEG", quality=85)
        coded = base64.b64encode(data.getvalue()).decode()
        picture = f'<img src="data:image/jpeg;base64,{coded}" alt="The brightest picture of {html.escape(scene.name)}">'
    return (
        f"<figure>{picture}<figcaption><b>{html.escape(scene.name)}</b>, {scene.seconds:.0f} s<br>"
        f"{scene.flashes} transitions of light and {scene.red} of saturated red in its worst second"
        f"{'' if scene.oracle is None else f'; IRIS: it {WORDS[scene.oracle]}'}</figcaption></figure>"
    )


def _curve(light: list[float]) -> str:
    """Mean luminance over time."""
    if not light:
        return ""
    highest = max(*light, 1e-3)
    points = " ".join(
        f"{WIDTH * (second + 0.5) / len(light):.1f},{HEIGHT * (1 - value / highest):.1f}"
        for second, value in enumerate(light)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Mean luminance over time, at most {highest:.3f}">'
        f'<polyline points="{points}" fill="none" stroke="#2b6cff" stroke-width="1.5"/></svg>'
        f"<p>Mean luminance, from 0 to {highest:.3f} of full white, over {len(light)} s.</p>"
    )


PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Verification of {title}</title>
<style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:52em;margin:2em auto;padding:0 1em;color:#1a2233;background:#fff}}
h1{{margin-bottom:0}} .verdict{{font-size:1.3em;font-weight:600}}
.verdict.kept{{color:#0a6b2d}} .verdict.broken{{color:#a50f15}}
table{{border-collapse:collapse;width:100%}}
th,td{{text-align:left;padding:.25em .8em .25em 0;border-bottom:1px solid #ccd3e0}}
th{{font-weight:500}} tr.broken td:last-child{{color:#a50f15;font-weight:700}}
.scenes{{display:grid;grid-template-columns:repeat(auto-fill,minmax(15em,1fr));gap:1em}}
figure{{margin:0}} img{{width:100%}}
.saying{{border-left:4px solid #ccd3e0;padding-left:1em}} svg{{width:100%;height:auto;background:#f3f6fb}}
@media print{{body{{margin:0}}}}
</style>
<h1>Verification of {title}</h1>
<p class="verdict {kind}">{verdict}</p>
<p>{facts}</p>
<p class="saying">{saying}</p>
<h2>Limits</h2>
<table><thead><tr><th>what<th>found<th>limit<th></thead>{checks}</table>
<h2>Light</h2>{curve}
<h2>Scenes</h2><p>A change from one scene to the next is counted with both.</p><div class="scenes">{scenes}</div>
<h2>What was dreamt of</h2><table>{layers}</table>
<h2>Signed</h2><p>Date, name, venue: ________________________________________________</p>
</html>
"""
