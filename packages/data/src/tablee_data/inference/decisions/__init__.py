"""What is decided about columns, by what is given and by what their cells can be."""
