package tablee.scoring.trees;

import java.util.Arrays;
import tablee.scoring.BatchScorer;

/** Scores a model from the sums of the leaves of a {@link Forest}. */
abstract class ForestScorer implements BatchScorer {
  private final int features;
  private final int width;
  private final int sumsPerRow;

  ForestScorer(int features, int width, int sumsPerRow) {
    this.features = features;
    this.width = width;
    this.sumsPerRow = sumsPerRow;
  }

  abstract Forest forest();

  /** The initial value of each sum. */
  abstract double start();

  /**
   * Writes the answer of {@code score0} for one row, whose sums begin at {@code sums[from]}; {@code answer} is all
   * zeros.
   */
  abstract void finish(double[] row, double[] sums, int from, double[] answer);

  @Override
  public final int features() {
    return features;
  }

  @Override
  public final int width() {
    return width;
  }

  @Override
  public final void score(double[] rows, int from, int count, double[] answers, int to) {
    double[] sums = new double[count * sumsPerRow];
    if (start() != 0) {
      Arrays.fill(sums, start());
    }
    forest().add(rows, from, count, sums, sumsPerRow);
    double[] row = new double[features];
    double[] answer = new double[width];
    for (int r = 0; r < count; r++) {
      System.arraycopy(rows, from + r * features, row, 0, features);
      Arrays.fill(answer, 0);
      finish(row, sums, r * sumsPerRow, answer);
      System.arraycopy(answer, 0, answers, to + r * width, width);
    }
  }
}
