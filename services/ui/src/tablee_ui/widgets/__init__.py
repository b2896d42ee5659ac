"""What several pages show: charts, forms, sentences, errors, styles."""
