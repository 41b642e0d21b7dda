"""YAML that people write: values with the line of every key, so that an error can name the place to mend.

Comes in: a path and a pydantic model. Goes out: the validated object, or every problem as file:line: message.
"""

from checker.yaml_lines.events import MAX_BYTES, MAX_DEPTH, MAX_VALUES, Lines, Place, load, parse
from checker.yaml_lines.messages import validated

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_VALUES", "Lines", "Place", "load", "parse", "validated"]
