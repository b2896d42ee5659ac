package tablee.scoring;

import hex.genmodel.GenModel;

/** Scores row by row with H2O's {@code score0}: the reference of every other scorer, and the scorer of other models. */
public final class RowScorer implements BatchScorer {
  private final GenModel model;
  private final int features;
  private final int width;

  public RowScorer(GenModel model) {
    this.model = model;
    this.features = model.nfeatures();
    this.width = model.getPredsSize();
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
    for (int r = 0; r < count; r++) {
      // A copy of the row each time: some models write imputed values into it.
      System.arraycopy(rows, from + r * features, row, 0, features);
      model.score0(row, answer);
      System.arraycopy(answer, 0, answers, to + r * width, width);
    }
  }
}
