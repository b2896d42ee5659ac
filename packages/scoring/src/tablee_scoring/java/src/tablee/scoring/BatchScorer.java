package tablee.scoring;

/**
 * Scores many rows at once.
 *
 * <p>Rows are stored one after the other in a {@code double[]}: {@code features()} values per row, in the model's own
 * column order, levels as their index in the column's domain, NaN for a missing value. Answers are stored in the same
 * way, {@code width()} values per row, as {@code GenModel.score0} writes them: the value for regression; else the
 * label's index followed by one probability per class.
 *
 * <p>Implementations have no mutable state, so that threads may share them.
 */
public interface BatchScorer {
  int features();

  int width();

  /** Scores {@code count} rows, beginning at {@code rows[from]}, and writes the answers from {@code answers[to]} on. */
  void score(double[] rows, int from, int count, double[] answers, int to);
}
