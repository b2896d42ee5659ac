"""The process: Streamlit's web server with our options and routes, and the script that Streamlit runs."""
