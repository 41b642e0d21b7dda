"""The story on one page: one subject goes through gather → facts → assessments.

In go the registry entry and a context file; out come one closed facts file and the result of the rules over it.
Gathering never judges, judging never asks the network; `evaluate` can be run again over what a scan left.
"""

from checker.scan.coverage import ESTABLISHED
from checker.scan.judge import judge, missing_facts, status_of
from checker.scan.state import Progress
from checker.scan.task import Clockwork, Task, gather

__all__ = ["ESTABLISHED", "Clockwork", "Progress", "Task", "gather", "judge", "missing_facts", "status_of"]
