package tablee.scoring.shapley;

import hex.genmodel.algos.drf.DrfMojoModel;
import hex.genmodel.algos.gbm.GbmMojoModel;
import hex.genmodel.algos.tree.SharedTreeMojoModel;

/**
 * Contributions of GBM and DRF in double precision. H2O's own contributions add numbers of single precision, which
 * loses the sixth digit of the sum, and distribute a constant over all features of a forest with two classes.
 */
final class TreeContributions extends Contributions {
  private final TreeShap[] trees;
  private final int features;
  private final double scale;
  private final double offset;
  private final int pathLength;

  /** The output is {@code offset + scale * (sum of the trees)}. */
  private TreeContributions(SharedTreeMojoModel model, double scale, double offset) {
    this.features = model.nfeatures();
    this.scale = scale;
    this.offset = offset;
    trees = new TreeShap[model.getNTreeGroups()];
    int longest = 0;
    for (int i = 0; i < trees.length; i++) {
      // One tree at a time: H2O's node objects are large, and a forest may have a million of them.
      trees[i] = new TreeShap(model.computeGraph(i).subgraphArray.get(0).getNodes(), model._domains);
      longest = Math.max(longest, trees[i].pathLength());
    }
    pathLength = longest;
  }

  static Contributions of(GbmMojoModel model) {
    return model.getNTreesPerGroup() == 1 ? new TreeContributions(model, 1, model._init_f) : null;
  }

  /** The mean of the trees of a forest is the probability of the first of two classes. */
  static Contributions of(DrfMojoModel model) {
    if (model.getNTreesPerGroup() != 1) {
      return null;
    }
    double share = 1.0 / model.getNTreeGroups();
    boolean twoClasses = model.nclasses() == 2;
    return new TreeContributions(model, twoClasses ? -share : share, twoClasses ? 1 : 0);
  }

  @Override
  int features() {
    return features;
  }

  @Override
  void explain(double[] row, double[] out, int to) {
    double[] sums = new double[features + 1];
    ShapPath path = new ShapPath(pathLength);
    for (TreeShap tree : trees) {
      tree.add(row, sums, path);
    }
    for (int j = 0; j <= features; j++) {
      out[to + j] = scale * sums[j];
    }
    out[to + features] += offset;
  }
}
