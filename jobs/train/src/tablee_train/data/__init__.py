"""From a data set to training rows, hold-out rows and the contract."""
