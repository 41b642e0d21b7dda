"""checker inspects Chinese government websites and new-media accounts and explains every finding."""

__version__ = "0.1.0"
