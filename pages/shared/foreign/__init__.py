"""What Streamlit says and does by itself, mended in the browser, for it has no setting for any of it.

Its words are English alone: it says "3 more" where the navigation is narrow, and calls every arrow of every box "Open".
They are said in the visitor's language, and so that they can be told apart. And keys that it leaves alone are led
(`keyboard.js`): past everything to the picture, into a popover and back, on from what an act has taken away. A link that
has come back asks for the whole page (`link.js`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.text import TABLES
from pages.shared.canvas import FOLDER, PROJECT, declared, serve
from pages.shared.words import language

WORDS: Mapping[str, str] = {  # as Streamlit writes them -> key of ours; {name} is what the widget around it is called
    "{number} more": "st_more",
    "Skip to main content": "st_skip",
    "App pages": "st_pages",
    "Sidebar": "st_sidebar",
    "Expand sidebar": "st_expand",
    "Collapse sidebar": "st_collapse",
    "Main menu": "st_menu",
    "System": "st_system",
    "Light": "st_light",
    "Dark": "st_dark",
    "Print": "st_print",
    "Record screen": "st_record",
    "Open": "st_open",
    "No results": "st_no_results",
    "Increment": "st_increment",
    "Decrement": "st_decrement",
    "Help for {label}": "st_help",
    "{label} — start": "st_from",
    "{label} — end": "st_to",
    "Press Enter to apply": "st_enter",
    "Copy to clipboard": "st_copy",
    "Copy version to clipboard": "st_version",
    "Show/hide columns": "st_columns",
    "Download as CSV": "st_csv",
    "Search": "st_search",
    "Fullscreen": "st_full",
    "Dismiss": "st_dismiss",
    "Close": "st_close",
}


def mend() -> None:
    """Exchange the words, now and whenever they come anew, lead the keys, and tell which language the page is in."""
    spoken = language()
    pairs = [[theirs, TABLES[spoken][ours]] for theirs, ours in WORDS.items()]
    serve("foreign", Path(__file__).parent, "assets")
    serve("canvas", FOLDER, "assets")
    component = declared(f"{PROJECT}.foreign", html="<i></i>", js="foreign.js", isolate_styles=False)
    component(key="foreign", data=[spoken, pairs], on_back_change=lambda: None)
