"""The theme as Streamlit tells it to the browser: the same at every run, and by Streamlit read anew at every run.

It looks six times through all of its options for it, and a moved slider is two runs: a tenth of what a move costs.
"""

from __future__ import annotations

import contextlib
from functools import cache, wraps
from typing import Any

from streamlit import config


@cache
def remember() -> None:
    """Let Streamlit compose each part of the theme once, and again when its configuration has been read anew.

    A version of Streamlit that is built otherwise goes on as it does.
    """
    with contextlib.suppress(ImportError, AttributeError):
        from streamlit.runtime import app_session

        compose = app_session._populate_theme_msg
        parts: dict[str, Any] = {}

        @wraps(compose)
        def composed(message: Any, section: str = "theme") -> None:
            if section not in parts:
                compose(message, section)
                parts[section] = type(message)()
                parts[section].CopyFrom(message)
            elif parts[section].ByteSize():  # an empty part is left out, as it was
                message.MergeFrom(parts[section])

        app_session._populate_theme_msg = composed
        config.on_config_parsed(parts.clear, force_connect=True)
