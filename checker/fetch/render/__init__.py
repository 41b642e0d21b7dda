"""Pages that scripts build, rendered by a system Chromium that has no network of its own."""

from checker.fetch.render.browser import Chromium, available
from checker.fetch.render.renderer import Renderer
from checker.fetch.render.settings import Rendered, RenderSettings

__all__ = ["Chromium", "RenderSettings", "Rendered", "Renderer", "available"]
