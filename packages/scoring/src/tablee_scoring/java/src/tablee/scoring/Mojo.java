package tablee.scoring;

import hex.genmodel.MojoModel;
import hex.genmodel.algos.ensemble.EnsembleParts;
import hex.genmodel.algos.ensemble.StackedEnsembleMojoModel;
import java.io.IOException;
import java.util.Arrays;
import tablee.scoring.shapley.Contributions;
import water.genmodel.AbstractBuildVersion;

/** The interface to Python: the columns of a model, and scores of many rows in one call. */
public final class Mojo {
  /** Rows that one thread scores at a time. */
  private static final int PART = 1024;

  private final MojoModel model;
  private final BatchScorer reference;
  private volatile BatchScorer scorer;

  public Mojo(String path) throws IOException {
    model = MojoModel.load(path);
    reference = new RowScorer(model);
    scorer = Scorers.fastest(model);
  }

  /** The version of H2O that the scoring classes come from. */
  public static String genmodelVersion() {
    return AbstractBuildVersion.getBuildVersion().projectVersion();
  }

  public String[] features() {
    return Arrays.copyOf(model._names, model.nfeatures());
  }

  /** The levels of each feature; null for numbers. */
  public String[][] domains() {
    return Arrays.copyOf(model._domains, model.nfeatures());
  }

  /** The class labels, or null for regression. */
  public String[] classes() {
    return model.nclasses() > 1 ? model.getDomainValues(model.getResponseIdx()) : null;
  }

  public String response() {
    return model.getResponseName();
  }

  public String algorithm() {
    return model._algoName;
  }

  public String h2oVersion() {
    return model._h2oVersion;
  }

  /**
   * The probability from which H2O itself answers the second of two classes. An ensemble's label is that of its
   * meta-learner; the ensemble's own threshold is written in the MOJO, but neither the cluster nor score0 uses it.
   */
  public double defaultThreshold() {
    if (model instanceof StackedEnsembleMojoModel) {
      return new EnsembleParts((StackedEnsembleMojoModel) model).metaLearner()._defaultThreshold;
    }
    return model._defaultThreshold;
  }

  public int width() {
    return reference.width();
  }

  /** Whether a scorer of this project is used instead of H2O's {@code score0}. */
  public boolean isFast() {
    return !(scorer instanceof RowScorer);
  }

  public double[] score(double[] rows, int count) {
    return run(scorer, rows, count);
  }

  /** Scores single rows with less overhead. Each thread needs a buffer of its own. */
  public RowBuffer rowBuffer() {
    return new RowBuffer(() -> scorer, reference.features(), width());
  }

  /** As {@code rowBuffer}, but scored by H2O's {@code score0}. */
  public RowBuffer rowBufferByH2O() {
    return new RowBuffer(() -> reference, reference.features(), width());
  }

  /** As {@code score}, but by H2O's {@code score0}. */
  public double[] scoreByH2O(double[] rows, int count) {
    return run(reference, rows, count);
  }

  /**
   * Compares the scorer with {@code score0} on these rows, bit for bit. If they differ anywhere, {@code score0} is used
   * from now on.
   *
   * @return the first row that differs, or -1
   */
  public int proveFast(double[] rows, int count) {
    double[] fast = score(rows, count);
    double[] slow = scoreByH2O(rows, count);
    for (int i = 0; i < slow.length; i++) {
      if (Double.doubleToRawLongBits(fast[i]) != Double.doubleToRawLongBits(slow[i])) {
        scorer = reference;
        return i / width();
      }
    }
    return -1;
  }

  /** Explains the margins of this model by column; null if it cannot be explained in this way. */
  public Contributions contributions() {
    return Contributions.of(model);
  }

  private static double[] run(BatchScorer scorer, double[] rows, int count) {
    int features = scorer.features();
    int width = scorer.width();
    double[] answers = new double[count * width];
    Cores.run(
        count, PART, (from, to) -> scorer.score(rows, from * features, to - from, answers, from * width));
    return answers;
  }
}
