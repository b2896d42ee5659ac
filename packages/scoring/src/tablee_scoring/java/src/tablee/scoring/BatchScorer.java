package tablee.scoring;

/**
 * Scores many rows at once.
 *
 * <p>Rows lie one after the other in a {@code double[]}: {@code features()} values a row, in the model's own column
 * order, levels as their index in the column's domain, NaN for a missing value. Answers lie likewise, {@code width()}
 * values a row, just as {@code GenModel.score0} fills them: the value for regression; else the label's index followed
 * by one probability per class.
 *
 * <p>Implementations hold no mutable state, so threads may share them.
 */
public interface BatchScorer {
  int features();

  int width();

  /** Scores {@code count} rows that start at {@code rows[from]} into {@code answers[to]} and on. */
  void score(double[] rows, int from, int count, double[] answers, int to);
}
