"""Verify a certificate of equilibria, by a small program that shares no code with the search that wrote it.

    dynsym count pair.toml --certificate pair.json
    dynsym check-certificate pair.json
    dynsym check-certificate pair.json --model pair.toml    and that the file is of this model

Ends with 0 if the certificate holds and with 3 if it does not.
"""

from __future__ import annotations

import argparse

from dynsym.cli.arguments import CommandParser
from dynsym.cli.models import read_model
from dynsym.cli.screen import Screen
from dynsym.errors import ParameterError

__all__ = ["add_arguments", "run"]

NOT_PROVED = 3


def add_arguments(parser: CommandParser) -> None:
    """The options of ``dynsym check-certificate``."""
    parser.add_argument("file", metavar="FILE", help="a certificate written by dynsym count --certificate")
    parser.add_argument("--model", metavar="MODEL", help="the model that the certificate must be of")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="values of its parameters")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Check and print."""
    from dynsym.compute import check_certificate

    if options.set and options.model is None:
        raise ParameterError("--set gives values of a model, and none was named. Add --model MODEL, or leave it out.")
    system = None if options.model is None else read_model(options)
    check = check_certificate(options.file, system)
    if options.json:
        screen.json(check.to_json() | {"model": options.model})
    elif check.valid:
        number = f"{check.count} {'equilibrium' if check.count == 1 else 'equilibria'}"
        of_model = "" if system is None else f" of {system.name}"
        screen.line(f"{options.file}: valid; {number}{of_model}, in {check.parts} parts of space that were checked")
    else:
        screen.line(f"{options.file}: not valid: {check.reason}")
    return 0 if check.valid else NOT_PROVED
