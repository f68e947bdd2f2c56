"""What stops a build."""

from __future__ import annotations


class BuildError(Exception):
    """One clear message; the published site is left as it was."""
