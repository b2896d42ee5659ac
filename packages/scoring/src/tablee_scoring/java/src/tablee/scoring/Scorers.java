package tablee.scoring;

import hex.genmodel.MojoModel;
import hex.genmodel.algos.deeplearning.DeeplearningMojoModel;
import hex.genmodel.algos.drf.DrfMojoModel;
import hex.genmodel.algos.ensemble.StackedEnsembleMojoModel;
import hex.genmodel.algos.gbm.GbmMojoModel;
import hex.genmodel.algos.tree.SharedTreeMojoModel;
import hex.genmodel.algos.xgboost.XGBoostJavaMojoModel;
import tablee.scoring.ensemble.EnsembleScorer;
import tablee.scoring.neural.NetworkScorer;
import tablee.scoring.trees.BoosterScorer;
import tablee.scoring.trees.TreeScorer;
import tablee.scoring.trees.UnsupportedTree;

/** Chooses the scorer of a model. */
final class Scorers {
  private Scorers() {}

  /** The fastest scorer of this model: one of the scorers of this project, or else {@code score0}. */
  static BatchScorer fastest(MojoModel model) {
    BatchScorer own = null;
    try {
      if (model instanceof StackedEnsembleMojoModel) {
        own = new EnsembleScorer((StackedEnsembleMojoModel) model, Scorers::fastest);
      } else if (model instanceof GbmMojoModel || model instanceof DrfMojoModel) {
        own = new TreeScorer((SharedTreeMojoModel) model);
      } else if (model instanceof XGBoostJavaMojoModel) {
        own = new BoosterScorer((XGBoostJavaMojoModel) model);
      } else if (model instanceof DeeplearningMojoModel) {
        own = NetworkScorer.of((DeeplearningMojoModel) model);
      }
    } catch (UnsupportedTree unsupported) {
      return new RowScorer(model);
    }
    return own == null ? new RowScorer(model) : own;
  }
}
