"""What several pages show: charts, error messages, metrics, steps of recipes, how a file is read."""
