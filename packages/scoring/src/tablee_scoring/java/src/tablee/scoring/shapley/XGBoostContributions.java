package tablee.scoring.shapley;

import hex.genmodel.PredictContributions;
import hex.genmodel.algos.xgboost.XGBoostJavaMojoModel;

/**
 * Contributions of XGBoost by H2O's TreeSHAP, in single precision as XGBoost itself. The contribution of a category is
 * the sum over its one-hot columns.
 */
final class XGBoostContributions extends Contributions {
  private final PredictContributions predictor;
  private final int features;
  private final int categories;
  private final int[] offsets;

  private XGBoostContributions(XGBoostJavaMojoModel model) {
    predictor = model.makeContributionsPredictor();
    features = model.nfeatures();
    categories = model._cats;
    offsets = model._catOffsets;
  }

  static Contributions of(XGBoostJavaMojoModel model) {
    try {
      return new XGBoostContributions(model);
    } catch (RuntimeException unsupported) { // a linear or dart booster, or trees without row counts
      return null;
    }
  }

  @Override
  int features() {
    return features;
  }

  @Override
  void explain(double[] row, double[] out, int to) {
    float[] expanded = predictor.calculateContributions(row);
    for (int j = 0; j < categories; j++) {
      double sum = 0;
      for (int k = offsets[j]; k < offsets[j + 1]; k++) {
        sum += expanded[k];
      }
      out[to + j] = sum;
    }
    int firstNumber = categories == 0 ? 0 : offsets[categories];
    for (int j = categories; j < features; j++) {
      out[to + j] = expanded[firstNumber + j - categories];
    }
    out[to + features] = expanded[expanded.length - 1];
  }
}
