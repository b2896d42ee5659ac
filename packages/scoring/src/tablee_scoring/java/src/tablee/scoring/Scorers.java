package tablee.scoring;

import hex.genmodel.MojoModel;
import hex.genmodel.algos.drf.DrfMojoModel;
import hex.genmodel.algos.ensemble.StackedEnsembleMojoModel;
import hex.genmodel.algos.gbm.GbmMojoModel;
import hex.genmodel.algos.tree.SharedTreeMojoModel;

/** Chooses the scorer of a model. */
final class Scorers {
  private Scorers() {}

  /** The fastest scorer there is for this model: flat trees, an ensemble in blocks, else {@code score0}. */
  static BatchScorer fastest(MojoModel model) {
    if (model instanceof StackedEnsembleMojoModel) {
      return new EnsembleScorer((StackedEnsembleMojoModel) model);
    }
    if (model instanceof GbmMojoModel || model instanceof DrfMojoModel) {
      try {
        return new TreeScorer((SharedTreeMojoModel) model);
      } catch (UnsupportedTree unsupported) {
        return new RowScorer(model);
      }
    }
    return new RowScorer(model);
  }
}
