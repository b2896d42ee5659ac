package hex.genmodel.algos.ensemble;

import hex.genmodel.MojoModel;

/** The parts of a stacked ensemble. H2O keeps them package-private, hence the package of this class. */
public final class EnsembleParts {
  private final StackedEnsembleMojoModel ensemble;

  public EnsembleParts(StackedEnsembleMojoModel ensemble) {
    this.ensemble = ensemble;
  }

  public int count() {
    return ensemble._baseModelNum;
  }

  /** The base model, or null if the meta-learner does not use it. */
  public MojoModel base(int i) {
    return ensemble._baseModels[i] == null ? null : ensemble._baseModels[i]._mojoModel;
  }

  /** For each column of the base model, its column in the ensemble. */
  public int[] columns(int i) {
    return ensemble._baseModels[i]._mapping;
  }

  public MojoModel metaLearner() {
    return ensemble._metaLearner;
  }

  /** Whether base probabilities reach the meta-learner as log odds. */
  public boolean usesLogOdds() {
    return ensemble._useLogitMetaLearnerTransform;
  }
}
