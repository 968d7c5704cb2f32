"""How a machine is told to run the show for ever: as a unit of systemd, or as a script where there is none."""

import shlex
from collections.abc import Mapping, Sequence

from installation.watch.supervisor import FAREWELL

WATCHDOG = 15  # seconds without a sign of life after which systemd starts the service anew

UNIT = """\
[Unit]
Description=Immersions: how music sounds to an artificial ear
After=graphical-session.target sound.target
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
{variables}Restart=always
RestartSec=1
RestartPreventExitStatus=0
WatchdogSec={watchdog}
TimeoutStartSec=120
TimeoutStopSec={farewell}
KillMode=mixed
Nice=-5
OOMScoreAdjust=-500

[Install]
WantedBy={target}
"""

SCRIPT = """\
#!/bin/sh
# Runs Immersions for ever; an end that was asked for (exit code 0) is the end.
{variables}while :; do
    {command} && exit 0
    sleep 1
done
"""


def unit(command: Sequence[str], variables: Mapping[str, str], system: bool) -> str:
    """The text of a systemd unit of `Type=notify`; `system` for the whole machine rather than for one user."""
    text = UNIT.format(
        command=" ".join(_quoted(word) for word in command),
        variables="".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in variables.items()),
        watchdog=WATCHDOG,
        farewell=round(FAREWELL) + 7,
        target="graphical.target" if system else "default.target",
    )
    if system:
        return text
    return text.replace("Nice=-5\nOOMScoreAdjust=-500\n", "")  # a user may not ask for it


def script(command: Sequence[str], variables: Mapping[str, str]) -> str:
    """The text of a script that does the same where there is no systemd."""
    said = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    return SCRIPT.format(command=shlex.join(command), variables=said)


def _quoted(word: str) -> str:
    """A word as systemd reads it: percent signs doubled, quoted where it holds more than letters."""
    word = word.replace("%", "%%").replace("$", "$$")
    plain = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"' if any(sign in word for sign in ' \t"\\;') else word
