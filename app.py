"""The frame around every page: start-up, page config, language, navigation."""

import streamlit as st
from streamlit.navigation.page import Page

from core.text import LANGUAGES
from pages.shared.boot import boot, visited
from pages.shared.foreign import mend
from pages.shared.frame import ICON, in_old_mode, keep_history, style
from pages.shared.lost import astray, bring_back
from pages.shared.words import language, t

st.set_page_config(page_title=t("app"), page_icon=ICON, layout="wide")
boot()
visited()


def declared() -> list[Page]:
    """The pages, in the order of the navigation.

    Streamlit serves the default page at / only; a hidden twin answers to its name, as those of the other pages do.
    """
    return [
        st.Page("pages/race/page.py", title=t("race"), url_path="", default=True),
        st.Page("pages/race/page.py", title=t("race"), url_path="race", visibility="hidden"),
        st.Page("pages/anatomy/page.py", title=t("anatomy"), url_path="anatomy"),
        st.Page("pages/maps/page.py", title=t("maps"), url_path="maps"),
        st.Page("pages/schedules/page.py", title=t("schedules"), url_path="schedules"),
        st.Page("pages/network/page.py", title=t("networks"), url_path="networks"),
        st.Page("pages/catalogue/page.py", title=t("catalogue"), url_path="catalogue"),
    ]


# Streamlit looks each of them up on the disk, so a visitor's are kept, in the language in which they are called.
kept = st.session_state.setdefault("pages", {})
pages: list[Page] = kept.get(language()) or kept.setdefault(language(), declared())
page = st.navigation([*pages, *astray(pages)], position="top")
if in_old_mode():
    st.rerun()  # st.navigation has ended that mode for the whole process

style()
mend()
with st.container(key="wordmark"):
    st.markdown(t("app"))
    keep_history()
with st.container(key="language"):
    if st.session_state.get("lang") not in LANGUAGES:
        st.session_state["lang"] = language()
    st.segmented_control(
        t("language"),
        list(LANGUAGES),
        key="lang",
        format_func=lambda key: LANGUAGES[key],
        required=True,
        label_visibility="collapsed",
    )
bring_back(page, pages)
page.run()
if st.query_params.get("lang") != language():  # a page that writes its address has told it there
    st.query_params["lang"] = language()
