"""The recipe: typed, declarative steps from the columns that people send to the features that a model reads.

    steps     what there is, as data; which columns each reads and makes
    recipe    steps in their order
    texts     what a text means: spaces and case, numbers, dates
    formula   the closed grammar of expressions over columns
    columns   the steps over many rows, as polars expressions
    cells     the same compiled for one row
    fitted    a recipe with its parameters and features, as it travels with a model
    fitting   how it gets them, from training rows
    preparing the fitted recipe at work, on rows and blocks

Importing this package loads no polars.
"""

from tablee.recipes.recipe import MAX_STEPS, Recipe
from tablee.recipes.steps import Kind, Step

__all__ = ["MAX_STEPS", "Kind", "Recipe", "Step"]
