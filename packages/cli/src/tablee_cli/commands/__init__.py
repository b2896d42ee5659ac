"""The commands, a file for each subject; each file's `register` adds them."""
