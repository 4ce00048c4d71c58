"""The words of the islands, in the reader's language. English is in static/<island>/texts.js under the same keys."""

from __future__ import annotations

from stellwerk.web.pages.words import _, ngettext


def island_texts(kind: str) -> dict[str, str]:
    """What `kind` says; empty for the editors, which speak English."""
    return {"viewer": viewer, "form": form}[kind]() if kind in ("viewer", "form") else {}


def viewer() -> dict[str, str]:
    return {
        "keyboard": _("Diagram. Arrow keys go from element to element."),
        "fit": _("Show all"),
        "nearer": _("Zoom in"),
        "farther": _("Zoom out"),
        "legend": _("Legend"),
        "close": _("Close"),
        "person": _("waits for a person"),
        "job": _("waits for a program"),
        "timer": _("waits for a time"),
        "message": _("waits for a message"),
        "signal": _("waits for a signal"),
        "call": _("waits for the process that it called"),
        "token": _("is here"),
        "done": _("Passed"),
        "notReached": _("Not reached"),
        "here": _("{count} here"),
        "incident": _("Incident: needs somebody"),
        "incidents": _("{count} incidents"),
        "oneIncident": _("1 incident"),
    }


def form() -> dict[str, str]:
    return {
        "optional": _("(optional)"),
        "notANumber": _("This is not a number. Write digits, with a point before decimals."),
        "oneWrong": ngettext("One value has to be corrected.", "%(num)d values have to be corrected.", 1),
        "someWrong": _("{count} values have to be corrected."),
        "kept": _("What you typed before is still here."),
        "startOver": _("Start over"),
        "required": _("Fill this in."),
        "requiredChoice": _("Choose one."),
        "requiredTick": _("This must be ticked."),
    }
