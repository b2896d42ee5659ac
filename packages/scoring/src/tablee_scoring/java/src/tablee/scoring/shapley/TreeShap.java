package tablee.scoring.shapley;

import hex.genmodel.algos.tree.SharedTreeNode;

/**
 * Shapley values of one tree in polynomial time: algorithm 2 of Lundberg, Erion and Lee (2018), in doubles.
 *
 * <p>A walk keeps the path of the columns of the splits above. For each column it stores the share of the training rows
 * that follow the path when the column is unknown ({@code zero}), whether this row follows it when the column is known
 * ({@code one}), and the summed weight of all column subsets of a given size ({@code weight}).
 */
final class TreeShap {
  private final Splits splits;
  /** Share of a node's training rows that go left. */
  private final double[] leftShare;
  private final double mean;
  private final int depth;

  TreeShap(SharedTreeNode[] nodes, String[][] domains) {
    splits = new Splits(nodes, domains);
    leftShare = new double[nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      if (!splits.isLeaf(i)) {
        double leftRows = nodes[splits.left(i)].getWeight();
        double rows = leftRows + nodes[splits.right(i)].getWeight();
        leftShare[i] = rows > 0 ? leftRows / rows : 0.5; // no training row came here: the share has no effect
      }
    }
    mean = mean(0);
    depth = depth(0);
  }

  /** The number of entries that a path needs: each level stores a copy of the path above it. */
  int pathLength() {
    return (depth + 2) * (depth + 3) / 2;
  }

  /** Adds this tree's contributions to {@code sums}: one value per column, the mean over the training's rows last. */
  void add(double[] row, double[] sums, ShapPath path) {
    sums[sums.length - 1] += mean;
    if (!splits.isLeaf(0)) {
      walk(row, sums, path, 0, 0, 0, 1, 1, -1);
    }
  }

  private void walk(
      double[] row, double[] sums, ShapPath path, int from, int length, int node, double zero, double one, int column) {
    int at = from + length;
    path.copy(from, at, length);
    path.extend(at, length, zero, one, column);
    if (splits.isLeaf(node)) {
      double value = splits.value(node);
      for (int i = 1; i <= length; i++) {
        double weight = path.weightWithout(at, length, i);
        sums[path.column[at + i]] += weight * (path.one[at + i] - path.zero[at + i]) * value;
      }
      return;
    }
    boolean goesLeft = !splits.goesRight(node, row);
    int hot = goesLeft ? splits.left(node) : splits.right(node);
    int cold = goesLeft ? splits.right(node) : splits.left(node);
    double hotShare = goesLeft ? leftShare[node] : 1 - leftShare[node];
    int split = splits.column(node);
    double zeroBefore = 1;
    double oneBefore = 1;
    int depthHere = length;
    int known = path.find(at, length, split);
    if (known > 0) { // the column is on the path already: undo that step, it is repeated with both shares
      zeroBefore = path.zero[at + known];
      oneBefore = path.one[at + known];
      path.unwind(at, length, known);
      depthHere--;
    }
    // Each child copies the path, so that the second child reads it unchanged.
    walk(row, sums, path, at, depthHere + 1, hot, hotShare * zeroBefore, oneBefore, split);
    walk(row, sums, path, at, depthHere + 1, cold, (1 - hotShare) * zeroBefore, 0, split);
  }

  private double mean(int node) {
    if (splits.isLeaf(node)) {
      return splits.value(node);
    }
    return leftShare[node] * mean(splits.left(node)) + (1 - leftShare[node]) * mean(splits.right(node));
  }

  private int depth(int node) {
    return splits.isLeaf(node) ? 0 : 1 + Math.max(depth(splits.left(node)), depth(splits.right(node)));
  }
}
