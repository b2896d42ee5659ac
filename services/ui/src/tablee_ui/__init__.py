"""The page people use: Home, Data, Train, Models and Predict, in French and English.

It talks to the API and the controller only; everything worth keeping is kept by them, so a reload or another replica
loses nothing.
"""
