"""The commands about ears and bodies: models, layout, data, train, evaluate."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from installation.cli.terminal import Commands, app, bar

music = typer.Typer(cls=Commands, no_args_is_help=True, help="Render music to train an ear on.")
app.add_typer(music, name="data")

CORES = os.cpu_count() or 1
Hours = Annotated[float, typer.Option(help="Hours of music; one takes 0.35 GB on disk.")]
Out = Annotated[Path, typer.Option(help="The folder; what is there already is kept.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes that render at once.")]


@app.command()
def models(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """List the ears there are."""
    from installation.workshop.catalogue import ears

    found = list(ears())
    if as_json:
        print(json.dumps(found, indent=2))
        return
    table = Table("name", "neurons", "parameters", "trained", "steps", "scores", box=None)
    for ear in found:
        unsaid = "by others" if ear["trained_hours"] is None else "no"
        hours = f"{ear['trained_hours']:g} h" if ear["trained_hours"] else unsaid
        scores = ", ".join(f"{name} {value}" for name, value in ear["scores"].items())
        table.add_row(ear["name"], f"{ear['neurons']:,}", f"{ear['parameters']:,}", hours, str(ear["steps"]), scores)
    Console().print(table)


@app.command()
def layout(
    model: Annotated[str, typer.Argument(help="An ear (see `immersions models`), vgg16 or resnet18.")],
    out: Annotated[Path, typer.Option(help="Where to write the layout, .npz.")] = ...,  # type: ignore[assignment]
    exponent: Annotated[
        float | None,
        typer.Option(min=1.0, max=4.0, help="2 gives dense cells, 3 an even tissue; else what suits the network."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another body.")] = 0,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    space: Annotated[bool, typer.Option("--space", help="A body in space instead of a flat one.")] = False,
    breathing: Annotated[bool, typer.Option("--breathing", help="Let it move with a loop that the ear hears.")] = False,
    film: Annotated[Path | None, typer.Option(help="Also film the body forming, .mp4 or .mov.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Also draw four steps side by side, .png.")] = None,
) -> None:
    """Find where every neuron of a network stands. Ctrl-C keeps the best so far."""
    from installation.workshop import layouts

    order = layouts.Order(model, out, exponent, seed, device, 3 if space else 2, film, picture, breathing)
    with bar("laying out") as progress:
        made = layouts.lay_out(order, progress)
    print(f"{len(made.positions):,} neurons in {out}")


@music.command()
def house(
    hours: Hours = ...,  # type: ignore[assignment]
    out: Out = ...,  # type: ignore[assignment]
    seed: Annotated[int, typer.Option(min=0, help="Number of the first set.")] = 0,
    workers: Workers = CORES,
) -> None:
    """Club music from the generator: sets of six minutes, with their labels."""
    from installation.workshop import music as studio

    with bar("rendering") as progress:
        count = studio.house(hours, seed, out, workers, progress)
    print(f"{count} sets in {out}")


@music.command()
def twins(
    out: Out = ...,  # type: ignore[assignment]
    seed: Annotated[int, typer.Option(min=0, help="Other tracks.")] = 90_000,
) -> None:
    """Fifteen tracks that share tempo, key and sounds, to ask an ear about: `evaluate --twins`."""
    from installation.workshop import music as studio

    with bar("rendering") as progress:
        count = studio.twins(seed, out, progress)
    print(f"{count} tracks in {out}")


@music.command()
def piano(
    scores: Annotated[Path, typer.Option(help="A folder of MIDI scores with scores.csv.")] = ...,  # type: ignore[assignment]
    hours: Hours = ...,  # type: ignore[assignment]
    out: Out = ...,  # type: ignore[assignment]
    seed: Annotated[int, typer.Option(min=0, help="Another order, other interpretations.")] = 0,
    workers: Workers = CORES,
) -> None:
    """Piano scores, played with expression."""
    from installation.workshop import music as studio

    with bar("playing") as progress:
        count = studio.piano(scores, hours, seed, out, workers, progress)
    print(f"{count} recordings in {out}")


@app.command()
def train(
    model: Annotated[str, typer.Argument(help="Name of a model; its model.toml says how the network is built.")],
    data: Annotated[Path, typer.Option(help="A folder of recordings, any number of hours.")] = ...,  # type: ignore[assignment]
    out: Annotated[Path, typer.Option(help="The new model's folder.")] = ...,  # type: ignore[assignment]
    hours: Annotated[float, typer.Option(min=0.001, help="How long to train, in hours of time.")] = 8.0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the state in the folder.")] = False,
    weights: Annotated[Path | None, typer.Option(help="Begin with these weights and a fresh warm-up.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
) -> None:
    """Train an ear by contrastive predictive coding; Ctrl-C keeps the last state."""
    from installation.workshop import teaching

    print(json.dumps(teaching.train(model, data, out, hours, resume, weights, device), indent=2))


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="Name of the ear.")],
    data: Annotated[Path, typer.Option(help="Recordings that it was not trained on.")] = ...,  # type: ignore[assignment]
    seed: Annotated[int, typer.Option(min=0, help="Of the candidates that are drawn.")] = 0,
    fit: Annotated[Path | None, typer.Option(help="Recordings that probes are fitted on; else half of DATA.")] = None,
    twins: Annotated[Path | None, typer.Option(help="Tracks to tell apart, see `immersions data twins`.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Write the figures into the ear's model.toml.")] = False,
    lessons: Annotated[
        int,
        typer.Option(min=0, help="Steps in which a network of the same form is taught just the answers; 0: none is."),
    ] = 150,
    as_json: Annotated[bool, typer.Option("--json/--table", help="For programs, or for people.")] = True,
) -> None:
    """Ask an ear what it has learnt: a listening test, and what one linear map finds in its answers."""
    from installation.workshop import examining

    figures = examining.evaluate(examining.Question(model, data, seed, fit, twins, keep, lessons))
    if as_json:
        print(json.dumps(figures, indent=2))
        return
    table = Table("question", "listener", "figure", "95 % interval", "chance", box=None)
    for question, listener, result in examining.rows(figures):
        interval = f"{result['low']:.3f} .. {result['high']:.3f}"
        table.add_row(question, listener, f"{result['figure']:.3f}", interval, f"{result['chance']:.3f}")
    Console().print(table)


@app.command()
def compare(
    model: Annotated[str, typer.Argument(help="Name of a trained ear.")],
    steps: Annotated[int, typer.Option(min=1, help="Of the optimiser, for each dream.")] = 100,
    channels: Annotated[int, typer.Option(min=1, help="Dreamt of in each layer.")] = 3,
    layers: Annotated[str, typer.Option(help="Only these, such as ar5,ar8.")] = "",
    picture: Annotated[Path | None, typer.Option(help="Also draw the scalograms, .png or .jpg.")] = None,
) -> None:
    """What a trained ear dreams beside the same ear untrained: its pulse, and what a shift leaves of its gain."""
    from installation.workshop import comparing

    with bar("dreaming") as progress:
        rows = comparing.compare(
            model, steps, channels, picture, progress, [name for name in layers.split(",") if name]
        )
    table = Table("layer", "bass", "untrained", "pulse", "untrained", "kept", "untrained", box=None)
    for row in rows:
        figures = (
            *(row.bass_trained, row.bass_untrained, row.pulse_trained),
            *(row.pulse_untrained, row.kept_trained, row.kept_untrained),
        )
        table.add_row(row.layer, *(f"{figure:.2f}" for figure in figures))
    Console().print(table)
