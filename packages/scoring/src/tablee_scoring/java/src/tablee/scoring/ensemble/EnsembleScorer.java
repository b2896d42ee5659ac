package tablee.scoring.ensemble;

import hex.genmodel.MojoModel;
import hex.genmodel.algos.ensemble.EnsembleParts;
import hex.genmodel.algos.ensemble.StackedEnsembleMojoModel;
import java.util.Arrays;
import java.util.function.Function;
import tablee.scoring.BatchScorer;

/**
 * Scores a stacked ensemble, each base model once per row, in blocks. {@code StackedEnsembleMojoModel.score0} scores
 * every base model once per class where there are more than two classes.
 */
public final class EnsembleScorer implements BatchScorer {
  private static final int BLOCK = 128;

  private final int features;
  private final int width;
  private final int classes;
  private final boolean logOdds;
  /** Scorers of the base models; null for one that the meta-learner does not use (it sees zeros). */
  private final BatchScorer[] bases;
  private final int[][] columns;
  private final BatchScorer metaLearner;

  /**
   * @param scorers makes the scorers of the base models and of the meta-learner
   */
  public EnsembleScorer(StackedEnsembleMojoModel model, Function<MojoModel, BatchScorer> scorers) {
    EnsembleParts parts = new EnsembleParts(model);
    features = model.nfeatures();
    width = model.getPredsSize();
    classes = model.nclasses();
    logOdds = parts.usesLogOdds() && classes >= 2;
    bases = new BatchScorer[parts.count()];
    columns = new int[bases.length][];
    for (int i = 0; i < bases.length; i++) {
      if (parts.base(i) != null) {
        bases[i] = scorers.apply(parts.base(i));
        columns[i] = parts.columns(i);
      }
    }
    metaLearner = scorers.apply(parts.metaLearner());
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
    int block = Math.min(BLOCK, count);
    int perBase = classes > 2 ? classes : 1;
    int levelOne = bases.length * perBase;
    double[] baseScores = new double[block * levelOne];
    for (int start = 0; start < count; start += block) {
      int size = Math.min(block, count - start);
      Arrays.fill(baseScores, 0);
      for (int i = 0; i < bases.length; i++) {
        if (bases[i] != null) {
          scoreBase(i, rows, from + start * features, size, baseScores, levelOne, perBase);
        }
      }
      if (logOdds) {
        for (int j = 0; j < size * levelOne; j++) {
          baseScores[j] = logOdds(baseScores[j]);
        }
      }
      metaLearner.score(baseScores, 0, size, answers, to + start * width);
    }
  }

  private void scoreBase(int i, double[] rows, int from, int count, double[] scores, int levelOne, int perBase) {
    int[] column = columns[i];
    int baseFeatures = bases[i].features();
    double[] mapped = new double[count * baseFeatures];
    for (int r = 0; r < count; r++) {
      for (int j = 0; j < baseFeatures; j++) {
        mapped[r * baseFeatures + j] = rows[from + r * features + column[j]];
      }
    }
    int baseWidth = bases[i].width();
    double[] answers = new double[count * baseWidth];
    bases[i].score(mapped, 0, count, answers, 0);
    for (int r = 0; r < count; r++) {
      // Regression: the value. Two classes: the probability of the second. More: all probabilities, without the label.
      int first = classes == 1 ? 0 : classes == 2 ? 2 : 1;
      System.arraycopy(answers, r * baseWidth + first, scores, r * levelOne + i * perBase, perBase);
    }
  }

  /** The same operations in the same order as {@code StackedEnsembleMojoModel.logitTransformRow}. */
  private static double logOdds(double probability) {
    double p = Math.min(1 - 1e-9, Math.max(probability, 1e-9));
    double odds = p / (1 - p);
    return odds == 0 ? -19 : Math.max(-19, Math.log(odds));
  }
}
