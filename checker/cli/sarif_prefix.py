"""`--sarif-prefix`: results of a gate stand in the files of the repository that it checks."""

from functools import partial
from pathlib import PurePosixPath
from typing import Annotated

import typer

from checker.errors import UsageError
from checker.report import Format, sarif

SarifPrefix = Annotated[
    str | None,
    typer.Option(
        "--sarif-prefix",
        help="Folder of the repository that the site is built into: SARIF names its files instead of addresses.",
    ),
]


def sarif_under(prefix: str, wanted: list[str]) -> Format:
    """The SARIF format that names files below `prefix`, a folder relative to the repository's root ("." = the root).

    Raises UsageError for another folder, and if SARIF is not among the formats `wanted`.
    """
    folder = PurePosixPath(prefix.replace("\\", "/"))
    if not prefix.strip() or folder.is_absolute() or ".." in folder.parts or ":" in prefix:
        raise UsageError(f"--sarif-prefix {prefix}: must be a folder within the repository, e.g. public")
    if "sarif" not in wanted:
        raise UsageError("--sarif-prefix says where SARIF looks for pages; add -f sarif")
    return Format("sarif", ".sarif", partial(sarif.render, prefix=folder.as_posix()))
