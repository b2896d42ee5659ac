"""The pages: one folder for each, with a function `show(context)` that draws the page."""
