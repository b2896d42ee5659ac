"""The commands, one module for each subject. The function `register` of a module adds its commands."""
