"""What Streamlit runs. Kept away from `pages/`, which Streamlit would take for pages of its own older kind."""
