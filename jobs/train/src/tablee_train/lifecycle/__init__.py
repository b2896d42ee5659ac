"""The life of a training process: created or resumed, leasing the H2O cluster, reporting progress, stopped, ended."""
