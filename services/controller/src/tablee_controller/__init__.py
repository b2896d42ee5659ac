"""The control plane: data sets, trainings, promotions, roll-outs."""
