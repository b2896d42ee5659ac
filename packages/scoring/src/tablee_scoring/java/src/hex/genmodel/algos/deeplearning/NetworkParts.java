package hex.genmodel.algos.deeplearning;

import hex.genmodel.algos.deeplearning.ActivationUtils.ActivationFunctions;

/** The layers of a neural network. H2O keeps their weights package-private, hence the package of this class. */
public final class NetworkParts {
  private final DeeplearningMojoModel model;

  public NetworkParts(DeeplearningMojoModel model) {
    this.model = model;
  }

  public int layers() {
    return model._numLayers;
  }

  public int inputs(int layer) {
    return model._units[layer];
  }

  public int outputs(int layer) {
    return model._units[layer + 1];
  }

  /** One row of weights per output. */
  public float[] weights(int layer) {
    return model._weightsAndBias[layer]._wValues;
  }

  public double[] bias(int layer) {
    return model._weightsAndBias[layer]._bValues;
  }

  public double dropOut(int layer) {
    return model._all_drop_out_ratios[layer];
  }

  public ActivationFunctions activation(int layer) {
    String name = model._allActivations[layer];
    return new NeuralNetwork(name, dropOut(layer), model._weightsAndBias[layer], new double[inputs(layer)], outputs(layer))
        .createActFuns(name);
  }
}
