"""The atlas as one static page: dark, to be read, heard and walked through with the keyboard."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installation import whole
from installation.body import Body
from installation.data import Anatomy, Layer, Look
from installation.render.palette import palette

FILE = "index.html"


@dataclass(frozen=True, eq=False, slots=True)
class Loop:
    """One loop of the atlas.

    folder    that its files lie in
    layer     whose loop it is; empty for a target that was asked for
    target    in its text form
    figures   of the dream, as its dream.json holds them
    """

    folder: str
    layer: str
    target: str
    figures: dict[str, Any]


def page(out: Path, shown: Body, loops: Sequence[Loop], total: int, start: str) -> None:
    """Write index.html, whole or not at all; of `total` loops some may not be made yet. Raises OSError.

    start   what every loop began as
    """
    plan, anatomy = shown.plan, shown.anatomy
    unsaid = "trained by others" if plan.trained_hours is None else "untrained, its weights come from a seed"
    learnt = f"{plan.trained_hours:g} hours of music heard" if plan.trained_hours else unsaid
    missing = total - len(loops)
    unfinished = f'<p class="missing" role="status">{missing} loops are still to be dreamt.</p>' if missing else ""
    text = PAGE.format(
        style=STYLE,
        script=SCRIPT,
        model=html.escape(shown.model),
        about=html.escape(plan.description),
        facts=f"{anatomy.units:,} neurons in {len(anatomy.layers)} layers · {html.escape(learnt)}",
        unfinished=unfinished,
        start=html.escape(start),
        ramp=", ".join(colour(step / 8) for step in range(9)),
        loops="\n".join(card(loop, number, anatomy) for number, loop in enumerate(loops)),
    )
    whole.write(out / FILE, text)


def card(loop: Loop, number: int, anatomy: Anatomy) -> str:
    """One loop of the page."""
    names = [layer.name for layer in anatomy]
    depth = names.index(loop.layer) / max(1, len(names) - 1) if loop.layer else 0.5
    layer = anatomy[loop.layer] if loop.layer else None
    name, folder = html.escape(loop.layer or f"target {number - len(names) + 1}"), html.escape(loop.folder)
    figures = loop.figures
    return CARD.format(
        id=f"loop-{number}",
        folder=folder,
        name=name,
        target=html.escape(loop.target),
        colour=colour(depth) if loop.layer else "#7ff",
        where=f"layer {names.index(loop.layer) + 1} of {len(names)}, {extent(layer)}" if layer else "asked for",
        gain=f"{figures['score_start']:+.2f} → {figures['score_end']:+.2f}",
        kept=f"{100 * figures['kept']:.0f} %" if figures["kept"] is not None else "none",
        loud=f"{figures['lufs']:.1f} LUFS" if figures["lufs"] is not None else "none",
        peak=f"{figures['true_peak_db']:.1f} dBTP" if figures["true_peak_db"] is not None else "none",
        steps=f"{figures['steps']}",
        seconds=f"{figures['seconds']:g}",
        low=hertz(figures["lowest"]),
        high=hertz(figures["highest"]),
    )


def extent(layer: Layer) -> str:
    """How large a layer is."""
    pitches = f" by {layer.bins} pitches" if layer.bins > 1 else ""
    return f"{layer.channels} channel{'s' if layer.channels > 1 else ''}{pitches}"


def hertz(value: float) -> str:
    """A frequency as people read it."""
    return f"{value / 1000:.1f} kHz" if value >= 1000 else f"{value:.0f} Hz"


def colour(depth: float) -> str:
    """The colour that a layer's neurons have in the body, 0 the first .. 1 the last, for a web page."""
    ramp = palette(Look().shallow, Look().deep)  # [steps, 3] linear light
    linear = ramp[round(depth * (len(ramp) - 1))].tolist()
    encoded = (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in linear)
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, c))):02x}" for c in encoded)


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<title>Atlas of {model}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#loops">To the loops</a>
<header>
<p class="over">Immersions · atlas</p>
<h1>What <em>{model}</em> dreams of</h1>
<p class="about">{about}</p>
<p class="facts">{facts}</p>
<div class="ramp" style="background: linear-gradient(90deg, {ramp})" role="img"
 aria-label="Colours run from the first layer, blue, to the last, yellow"></div>
<p class="ends" aria-hidden="true"><span>first layer: sound</span><span>last layer: expectation</span></p>
<p class="help">Each loop grew out of &ldquo;{start}&rdquo; towards what stands below its name. Click a body to hear it;
<kbd>←</kbd> <kbd>→</kbd> go from loop to loop, <kbd>Space</kbd> plays, <kbd>Esc</kbd> is silence.</p>
{unfinished}
</header>
<main id="loops">
{loops}
</main>
<footer><p>Score: how far the neurons answer above rest, in spreads of their layer on music. Kept: the share of the
gain that is left when the loop is shifted at random. What shines is computed from the network; where it stands was
arranged by people. After an idea of Vincent Herrmann.</p></footer>
<script>{script}</script>
</body>
</html>
"""

CARD = """<article id="{id}" style="--hue: {colour}" aria-labelledby="{id}-name">
<button class="body" type="button" aria-pressed="false" aria-label="Play the loop of {name}">
<img src="{folder}/body.png" width="720" height="720" loading="lazy"
 alt="The body of the network at the loop's brightest moment; the neurons dreamt of shine white">
<span class="sign" aria-hidden="true"></span></button>
<h2 id="{id}-name">{name}</h2>
<p class="where">{where}</p>
<code>{target}</code>
<figure>
<div class="sound"><img src="{folder}/scalogram.png" loading="lazy"
 alt="Scalogram: pitch from {low} to {high} over {seconds} seconds"><i class="head"></i></div>
<figcaption><span>{low} to {high}</span><span>{seconds} s</span></figcaption>
</figure>
<dl>
<div><dt>score</dt><dd>{gain}</dd></div>
<div><dt>kept</dt><dd>{kept}</dd></div>
<div><dt>loudness</dt><dd>{loud}</dd></div>
<div><dt>true peak</dt><dd>{peak}</dd></div>
<div><dt>steps</dt><dd>{steps}</dd></div>
</dl>
<audio src="{folder}/loop.flac" controls loop preload="none" aria-label="Loop of {name}"></audio>
</article>"""

STYLE = """
:root { --ground: #040509; --card: #0a0c14; --line: #1b2030; --text: #e7eaf3; --soft: #9aa3ba; }
*, ::before { box-sizing: border-box; }
body { margin: 0; background: radial-gradient(90rem 50rem at 70% -12rem, #101a3d 0, var(--ground) 62%) no-repeat
 var(--ground); color: var(--text); font: 16px/1.55 "Inter", "Segoe UI", system-ui, sans-serif; }
header, main, footer { max-width: 104rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 4rem); }
header { padding-top: clamp(2.5rem, 8vh, 6rem); padding-bottom: 2.5rem; }
.over { margin: 0; color: var(--soft); letter-spacing: .22em; text-transform: uppercase; font-size: .75rem; }
h1 { margin: .3rem 0 1rem; font-weight: 300; font-size: clamp(2.2rem, 6vw, 4.4rem); line-height: 1.05;
 letter-spacing: -.02em; }
h1 em { font-style: normal; font-weight: 500; }
.about, .help { max-width: 46rem; margin: 0 0 .8rem; }
.about { font-size: 1.1rem; }
.facts, .help, .missing, footer { color: var(--soft); }
.ramp { height: 4px; max-width: 46rem; margin: 1.6rem 0 .3rem; border-radius: 2px; }
.ends { display: flex; justify-content: space-between; max-width: 46rem; margin: 0 0 1.6rem; font-size: .8rem;
 color: var(--soft); }
kbd { padding: .05em .45em; border: 1px solid var(--line); border-radius: 4px; font: .85em ui-monospace, monospace; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: 1.4rem; }
article { display: flex; flex-direction: column; padding-bottom: 1rem; overflow: hidden; border: 1px solid var(--line);
 border-radius: 14px; background: var(--card); scroll-margin: 1.5rem; transition: border-color .25s, box-shadow .25s; }
article > :not(.body) { margin-left: 1.1rem; margin-right: 1.1rem; }
article.playing { border-color: var(--hue); box-shadow: 0 0 2.6rem -.9rem var(--hue); }
.body { position: relative; display: block; width: 100%; padding: 0; border: 0; background: #000; cursor: pointer; }
.body img { display: block; width: 100%; height: auto; aspect-ratio: 1; opacity: .86; transition: opacity .3s; }
.body:hover img, .playing .body img { opacity: 1; }
.sign { position: absolute; right: 1rem; bottom: 1rem; width: 2.6rem; height: 2.6rem; border-radius: 50%;
 background: rgb(4 5 9 / .72); border: 1px solid rgb(255 255 255 / .28); }
.sign::before { content: ""; position: absolute; left: 1.02rem; top: .78rem; border-left: .8rem solid #fff;
 border-top: .5rem solid transparent; border-bottom: .5rem solid transparent; }
.playing .sign::before { left: .86rem; top: .82rem; width: .84rem; height: .9rem; border: solid #fff;
 border-width: 0 .26rem; }
:focus-visible { outline: 3px solid #7ff; outline-offset: 3px; }
.body:focus-visible { outline-offset: -4px; }
h2 { margin: 1rem 0 0; padding-left: .7rem; border-left: 4px solid var(--hue); font-weight: 500; font-size: 1.2rem;
 line-height: 1.2; }
.where { margin-top: .3rem; margin-bottom: .5rem; color: var(--soft); font-size: .85rem; }
code { color: #cfd6e8; font: .8rem/1.4 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
figure { margin: .9rem 0 .6rem; }
.sound { position: relative; overflow: hidden; border-radius: 6px; background: #000; }
.sound img { display: block; width: 100%; height: 7.5rem; }
.head { position: absolute; inset: 0 auto 0 0; width: 2px; background: #fff; opacity: 0; }
.playing .head { opacity: .9; }
figcaption { display: flex; justify-content: space-between; margin-top: .25rem; color: var(--soft); font-size: .75rem; }
dl { margin-top: 0; margin-bottom: .9rem; font-size: .85rem; font-variant-numeric: tabular-nums; }
dl div { display: flex; justify-content: space-between; gap: .5rem; white-space: nowrap; line-height: 1.7; }
dt { color: var(--soft); }
dd { margin: 0; }
audio { width: calc(100% - 2.2rem); height: 2.2rem; margin-top: auto; color-scheme: dark; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; color: #7ff; }
footer { padding-top: 2.5rem; padding-bottom: 4rem; font-size: .85rem; }
footer p { max-width: 46rem; }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; scroll-behavior: auto !important; } }
"""

SCRIPT = """
const cards = [...document.querySelectorAll("article")];
const sound = card => card.querySelector("audio");
const toggle = card => sound(card).paused ? sound(card).play() : sound(card).pause();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
function follow(card) {
  const audio = sound(card);
  if (audio.paused) return;
  const along = audio.duration ? audio.currentTime / audio.duration : 0;
  card.querySelector(".head").style.left = `${100 * along}%`;
  if (still) setTimeout(() => follow(card), 500); else requestAnimationFrame(() => follow(card));
}
for (const card of cards) {
  const audio = sound(card), button = card.querySelector(".body");
  button.addEventListener("click", () => toggle(card));
  audio.addEventListener("play", () => {
    for (const other of cards) if (other !== card) sound(other).pause();
    card.classList.add("playing");
    button.setAttribute("aria-pressed", "true");
    follow(card);
  });
  audio.addEventListener("pause", () => {
    card.classList.remove("playing");
    button.setAttribute("aria-pressed", "false");
  });
}
addEventListener("keydown", event => {
  if (event.target.closest("audio") || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = cards.indexOf(document.activeElement.closest("article"));
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step) {
    const next = cards[at < 0 ? 0 : Math.min(cards.length - 1, Math.max(0, at + step))];
    next?.querySelector(".body").focus();
    event.preventDefault();
  } else if (event.key === "Escape") cards.forEach(card => sound(card).pause());
});
"""
