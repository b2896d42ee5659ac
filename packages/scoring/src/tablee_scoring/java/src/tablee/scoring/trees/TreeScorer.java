package tablee.scoring.trees;

import hex.genmodel.algos.tree.SharedTreeMojoModel;
import java.util.Arrays;

/**
 * Scores GBM and DRF, whose trees are decoded once. Leaves are added in the order of {@code
 * SharedTreeMojoModel.scoreTreeRange}, so that the sums are equal bit for bit.
 */
public final class TreeScorer extends ForestScorer {
  /** MOJOs of an older version encode their trees differently. */
  private static final double OLDEST_VERSION = 1.2;

  private final SharedTreeMojoModel model;
  private final Forest forest;
  private final int sumsPerRow;
  private final int firstSum;

  public TreeScorer(SharedTreeMojoModel model) throws UnsupportedTree {
    super(model.nfeatures(), model.getPredsSize(), model.getNTreesPerGroup());
    if (!(model._mojo_version >= OLDEST_VERSION)) {
      throw new UnsupportedTree("MOJO version " + model._mojo_version);
    }
    this.model = model;
    sumsPerRow = model.getNTreesPerGroup();
    firstSum = model.nclasses() == 1 ? 0 : 1;
    int[] levels = Codes.levels(model._domains, model.nfeatures());
    ForestBuilder builder = new ForestBuilder();
    TreeDecoder decoder = new TreeDecoder(levels, builder);
    int groups = model.getNTreeGroups();
    int[] roots = new int[sumsPerRow * groups];
    int[] targets = new int[sumsPerRow * groups];
    int trees = 0;
    for (int k = 0; k < sumsPerRow; k++) {
      for (int g = 0; g < groups; g++) {
        byte[] tree = model.treeBytes(g, k);
        if (tree != null) {
          roots[trees] = decoder.add(tree);
          targets[trees++] = k;
        }
      }
    }
    forest = builder.build(Codes.ofDoubles(levels), Arrays.copyOf(roots, trees), Arrays.copyOf(targets, trees));
  }

  @Override
  Forest forest() {
    return forest;
  }

  @Override
  double start() {
    return 0;
  }

  @Override
  void finish(double[] row, double[] sums, int from, double[] answer) {
    System.arraycopy(sums, from, answer, firstSum, sumsPerRow);
    model.unifyPreds(row, 0, answer);
  }
}
