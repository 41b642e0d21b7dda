"""The errors a person must act on, and the exit codes.

CheckerError                 anything that ends a command with a message and no traceback
├── UsageError               the command line asks for something impossible            → exit 2
├── RegistryError            sites.yaml or accounts.yaml cannot be used                → exit 2
├── RuleError                a rule, profile or lexicon cannot be used                 → exit 2
├── StoreError               the store is locked, too new, damaged or missing          → exit 4
└── MachineError             the machine lacks something (own network, disk, package)  → exit 4

A failing site, page or rule is never one of these: it becomes a fact or an open assessment.
"""

from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command; where several hold, 4 goes before 2, 2 before 1, 1 before 3."""

    CLEAN = 0
    FINDINGS = 1
    WRONG_USE = 2
    OPEN = 3
    INTERNAL = 4
    INTERRUPTED = 130
    TERMINATED = 143


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file that a person wrote, with the place where it can be mended."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class CheckerError(Exception):
    """A message for the person who ran the command."""

    exit = Exit.INTERNAL


class UsageError(CheckerError):
    """The command line asks for something impossible."""

    exit = Exit.WRONG_USE


class FileProblems(CheckerError):
    """Everything that is wrong in files that a person wrote, all at once."""

    exit = Exit.WRONG_USE

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.file, p.line, p.message))
        super().__init__("\n".join(str(p) for p in self.problems))


class RegistryError(FileProblems):
    """sites.yaml or accounts.yaml cannot be used as written."""


class RuleError(FileProblems):
    """A rule or profile cannot be used as written."""


class StoreError(CheckerError):
    """The store is missing, locked, damaged or of another schema."""


class MachineError(CheckerError):
    """The machine lacks something that the command needs."""
