package tablee.scoring.shapley;

import hex.genmodel.MojoModel;
import hex.genmodel.algos.drf.DrfMojoModel;
import hex.genmodel.algos.gbm.GbmMojoModel;
import hex.genmodel.algos.xgboost.XGBoostJavaMojoModel;
import tablee.scoring.Cores;

/**
 * Shapley values of the output of a tree model, after Lundberg, Erion and Lee, "Consistent Individualized Feature
 * Attribution for Tree Ensembles" (2018), with the training's row counts as the background.
 *
 * <p>The output that they explain is the model's margin: log odds for boosted trees of two classes, the probability of
 * the second class for forests, the value for regression with an identity link. The caller has to check this.
 */
public abstract class Contributions {
  /** Rows that one thread explains at a time. To explain a row takes as long as hundreds of predictions. */
  private static final int PART = 4;

  /** Writes one value per feature and then the bias into {@code out}, beginning at {@code to}. */
  abstract void explain(double[] row, double[] out, int to);

  abstract int features();

  /** Explains {@code count} rows: {@code features() + 1} values per row, the bias last. */
  public final double[] explain(double[] rows, int count) {
    int features = features();
    double[] out = new double[count * (features + 1)];
    Cores.run(
        count,
        PART,
        (from, to) -> {
          double[] row = new double[features];
          for (int r = from; r < to; r++) {
            System.arraycopy(rows, r * features, row, 0, features);
            explain(row, out, r * (features + 1));
          }
        });
    return out;
  }

  /**
   * The contributions of a model.
   *
   * @return null if the model has more than two classes, or trees that cannot be explained
   */
  public static Contributions of(MojoModel model) {
    if (model.nclasses() > 2) {
      return null;
    }
    if (model instanceof GbmMojoModel) {
      return TreeContributions.of((GbmMojoModel) model);
    }
    if (model instanceof DrfMojoModel) {
      return TreeContributions.of((DrfMojoModel) model);
    }
    if (model instanceof XGBoostJavaMojoModel) {
      return XGBoostContributions.of((XGBoostJavaMojoModel) model);
    }
    return null;
  }
}
