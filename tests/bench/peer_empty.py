"""The least that a Streamlit page can do about a slider: one line of text, in a part that is run alone. For server.py."""

import streamlit as st


def moved() -> None:
    st.rerun(["line"])


st.select_slider("η", [round(0.01 * i, 2) for i in range(1, 101)], key="lr", on_change=moved)


@st.fragment(key="line")
def line() -> None:
    st.html(f"<p>{st.session_state['lr']}</p>")


line()
