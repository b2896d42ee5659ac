package tablee.scoring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.function.Supplier;

/**
 * Memory that Python and Java share: one row goes in, its answer comes out, with nothing made or converted at the
 * crossing. For one thread at a time.
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

  /** The row's features, then the answer's numbers, as native doubles. */
  public ByteBuffer bytes() {
    return bytes;
  }

  /** Answers the row. */
  public void score() {
    cells.position(0);
    cells.get(row);
    scorer.get().score(row, 0, 1, answer, 0);
    cells.put(answer);
  }
}
