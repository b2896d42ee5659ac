package tablee.scoring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.function.Supplier;

/**
 * Memory that Python and Java share: Python writes the features of one row, Java writes the scores behind them. No
 * object is created or converted. Only one thread may use it at a time.
 */
public final class RowBuffer {
  private final Supplier<BatchScorer> scorer;
  private final ByteBuffer bytes;
  private final DoubleBuffer cells;
  private final double[] row;
  private final double[] answer;

  RowBuffer(Supplier<BatchScorer> scorer, int features, int width) {
    this.scorer = scorer;
    bytes = ByteBuffer.allocateDirect((features + width) * Double.BYTES).order(ByteOrder.nativeOrder());
    cells = bytes.asDoubleBuffer();
    row = new double[features];
    answer = new double[width];
  }

  /** The features of the row, then the numbers of the answer, as native doubles. */
  public ByteBuffer bytes() {
    return bytes;
  }

  /** Scores the row. */
  public void score() {
    cells.position(0);
    cells.get(row);
    scorer.get().score(row, 0, 1, answer, 0);
    cells.put(answer);
  }
}
