package tablee.scoring.shapley;

import hex.genmodel.algos.tree.SharedTreeNode;
import hex.genmodel.utils.GenmodelBitSet;

/** The splits of one tree as arrays over its nodes, without H2O's node objects. */
final class Splits {
  private static final int LEAF = -1;

  private final int[] column;
  private final int[] left;
  private final int[] right;
  /** The value of a leaf, or the threshold of a split. */
  private final float[] number;
  /** The levels that go right; null for a threshold. */
  private final GenmodelBitSet[] levels;
  private final boolean[] naLeft;
  private final boolean[] naVersusRest;
  private final String[][] domains;

  Splits(SharedTreeNode[] nodes, String[][] domains) {
    this.domains = domains;
    column = new int[nodes.length];
    left = new int[nodes.length];
    right = new int[nodes.length];
    number = new float[nodes.length];
    levels = new GenmodelBitSet[nodes.length];
    naLeft = new boolean[nodes.length];
    naVersusRest = new boolean[nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      SharedTreeNode node = nodes[i];
      if (node.isLeaf()) {
        column[i] = LEAF;
        number[i] = node.getLeafValue();
      } else {
        column[i] = node.getSplitIndex();
        left[i] = node.getLeftChildIndex();
        right[i] = node.getRightChildIndex();
        number[i] = node.getSplitValue();
        levels[i] = node.getBs();
        naLeft[i] = node.isLeftward();
        naVersusRest[i] = node.isNaVsRest();
      }
    }
  }

  boolean isLeaf(int node) {
    return column[node] == LEAF;
  }

  double value(int leaf) {
    return number[leaf];
  }

  int column(int node) {
    return column[node];
  }

  int left(int node) {
    return left[node];
  }

  int right(int node) {
    return right[node];
  }

  /** As {@code SharedTreeNode.next} decides: a level outside the set's range or the domain counts as missing. */
  boolean goesRight(int node, double[] row) {
    double value = row[column[node]];
    GenmodelBitSet set = levels[node];
    String[] domain = domains == null ? null : domains[column[node]];
    if (Double.isNaN(value)
        || set != null && !set.isInRange((int) value)
        || domain != null && domain.length <= (int) value) {
      return !naLeft[node];
    }
    if (naVersusRest[node]) {
      return false;
    }
    return set == null ? value >= number[node] : set.contains((int) value);
  }
}
