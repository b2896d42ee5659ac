package tablee.scoring.neural;

import hex.genmodel.GenModel;
import hex.genmodel.algos.deeplearning.ActivationUtils.ActivationFunctions;
import hex.genmodel.algos.deeplearning.DeeplearningMojoModel;
import hex.genmodel.algos.deeplearning.NetworkParts;
import tablee.scoring.BatchScorer;

/**
 * Scores neural networks, whose layers are prepared once. Most inputs are one-hot columns, and half of the outputs of a
 * rectifier are 0; inputs that are 0 are left out, which changes no bit of the sums.
 */
public final class NetworkScorer implements BatchScorer {
  private final DeeplearningMojoModel model;
  private final Layer[] layers;
  private final int features;
  private final int width;

  private NetworkScorer(DeeplearningMojoModel model, Layer[] layers) {
    this.model = model;
    this.layers = layers;
    features = model.nfeatures();
    width = model.getPredsSize();
  }

  /**
   * The scorer of a network.
   *
   * @return null if only {@code score0} can score it: it uses maxout, is an autoencoder, or has a weight that is not
   * finite
   */
  public static NetworkScorer of(DeeplearningMojoModel model) {
    NetworkParts parts = new NetworkParts(model);
    Layer[] layers = new Layer[parts.layers()];
    for (int i = 0; i < layers.length; i++) {
      if (parts.bias(i).length != parts.outputs(i) || !areFinite(parts.weights(i))) {
        return null;
      }
      layers[i] = new Layer(parts, i);
    }
    return model.isAutoEncoder() ? null : new NetworkScorer(model, layers);
  }

  private static boolean areFinite(float[] weights) {
    for (float weight : weights) {
      if (!Float.isFinite(weight)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int features() {
    return features;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public void score(double[] rows, int from, int count, double[] answers, int to) {
    double[] row = new double[features];
    double[] answer = new double[width];
    double[] input = new double[layers[0].inputs];
    double[] numbers = new double[model._nums];
    int[] categories = new int[model._cats];
    for (int r = 0; r < count; r++) {
      System.arraycopy(rows, from + r * features, row, 0, features);
      GenModel.setInput(
          row,
          input,
          numbers,
          categories,
          model._nums,
          model._cats,
          model._catoffsets,
          model._normmul,
          model._normsub,
          model._use_all_factor_levels,
          true);
      double[] signal = input;
      for (Layer layer : layers) {
        signal = layer.forward(signal);
      }
      model.modifyOutputs(signal, answer, row);
      System.arraycopy(answer, 0, answers, to + r * width, width);
    }
  }

  /**
   * One layer. It adds in the order of {@code NeuralNetwork.formNNInputs}: eight partial sums, then the remaining
   * inputs.
   */
  private static final class Layer {
    private static final int SUMS = 8;

    final int inputs;
    private final int outputs;
    /** The weights of each input to all outputs, one input after the other. */
    private final double[] weights;
    private final double[] bias;
    private final double dropOut;
    private final ActivationFunctions activation;

    Layer(NetworkParts parts, int layer) {
      inputs = parts.inputs(layer);
      outputs = parts.outputs(layer);
      bias = parts.bias(layer);
      dropOut = parts.dropOut(layer);
      activation = parts.activation(layer);
      weights = new double[inputs * outputs];
      float[] byOutput = parts.weights(layer);
      for (int i = 0; i < inputs; i++) {
        for (int o = 0; o < outputs; o++) {
          weights[i * outputs + o] = byOutput[o * inputs + i];
        }
      }
    }

    double[] forward(double[] input) {
      double[] sums = new double[SUMS * outputs];
      double[] out = new double[outputs];
      int paired = inputs - inputs % SUMS;
      for (int i = 0; i < paired; i++) {
        if (input[i] != 0) {
          add(i, input[i], sums, i % SUMS * outputs);
        }
      }
      for (int o = 0; o < outputs; o++) {
        double first = sums[o] + sums[o + outputs] + sums[o + 2 * outputs] + sums[o + 3 * outputs];
        out[o] =
            first + (sums[o + 4 * outputs] + sums[o + 5 * outputs] + sums[o + 6 * outputs] + sums[o + 7 * outputs]);
      }
      for (int i = paired; i < inputs; i++) {
        if (input[i] != 0) {
          add(i, input[i], out, 0);
        }
      }
      for (int o = 0; o < outputs; o++) {
        out[o] += bias[o];
      }
      return activation.eval(out, dropOut, 1);
    }

    private void add(int input, double value, double[] sums, int to) {
      int from = input * outputs;
      for (int o = 0; o < outputs; o++) {
        sums[to + o] += weights[from + o] * value;
      }
    }
  }
}
