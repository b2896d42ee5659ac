"""The web pages, in French and English: Home, Data, Prepare, Train, Predict, Score and Models.

The pages call the API and the controller only. These two keep everything that lasts, so nothing is lost when a page is
reloaded or when another replica of this process answers.

server      the process: Streamlit's web server, its own routes, and the script that Streamlit runs
frame       what surrounds every page: navigation, choice of language, styles
pages       a folder for each page
widgets     what several pages show
texts       all texts, by language
context     what a page receives: texts, formatter, clients of the services, links
backend     the clients of the API and the controller
"""
