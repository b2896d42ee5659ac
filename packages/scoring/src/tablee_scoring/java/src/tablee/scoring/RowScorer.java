package tablee.scoring;

import hex.genmodel.GenModel;

/** H2O's own {@code score0}, row by row: the measure of every other scorer, and the way for models without one. */
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
      // A copy each time: some models fill in missing values in the row itself.
      System.arraycopy(rows, from + r * features, row, 0, features);
      model.score0(row, answer);
      System.arraycopy(answer, 0, answers, to + r * width, width);
    }
  }
}
