"""The recipe: typed, declarative steps from the columns that people send to the features that a model reads.

    steps        the steps as data: the columns that each reads and writes, and its parameters
    recipe       steps in their order
    parsing      how texts are cleaned, and read as numbers and dates
    formula      expressions over columns, of a closed grammar
    row          the steps compiled for one row
    frame        the steps applied to many rows, by polars
    fitting      learns the parameters from training rows
    left_out     why a model cannot learn from a column
    fitted       a recipe with its parameters and features, as it travels with a model
    transformer  applies a fitted recipe to rows and blocks
    store        recipes that are kept with a data set, as versions

Importing this package loads no polars.
"""

from tablee.recipes.recipe import MAX_STEPS, Recipe
from tablee.recipes.steps import Kind, Step

__all__ = ["MAX_STEPS", "Kind", "Recipe", "Step"]
