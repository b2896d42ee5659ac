package tablee.scoring.trees;

/**
 * The trees of a model, decoded once (see {@link Node}), and the walks through them. Four walks run at the same time,
 * so that their waits for memory overlap. The outer loop is over trees and the inner loop over rows, so that a tree
 * stays in the cache for a block of rows; for a few rows it is the other way round.
 */
final class Forest {
  private static final int BLOCK = 128;
  /** Up to so many rows, the outer loop is over rows. */
  private static final int FEW = 3;

  private final long[] nodes;
  private final long[] pool;
  private final Codes codes;
  /** For each tree the index of its root node, and (targets) the index of the sum to which its leaf is added. */
  private final int[] roots;
  private final int[] targets;

  Forest(long[] nodes, long[] pool, Codes codes, int[] roots, int[] targets) {
    this.nodes = nodes;
    this.pool = pool;
    this.codes = codes;
    this.roots = roots;
    this.targets = targets;
  }

  /**
   * Adds to the sums of each row, {@code width} per row, the values of the leaves that the row reaches, in the order of
   * the trees. The {@code count} rows begin at {@code rows[from]}.
   */
  void add(double[] rows, int from, int count, double[] sums, int width) {
    int features = codes.features();
    int block = Math.min(BLOCK, count);
    int[] coded = new int[block * features];
    float[] leaves = new float[count <= FEW ? roots.length : block];
    for (int start = 0; start < count; start += block) {
      int size = Math.min(block, count - start);
      codes.of(rows, from + start * features, size, coded);
      if (count <= FEW) {
        rowByRow(coded, size, leaves, sums, width);
      } else {
        treeByTree(coded, size, leaves, sums, start * width, width);
      }
    }
  }

  private void treeByTree(int[] coded, int count, float[] leaves, double[] sums, int to, int width) {
    int features = codes.features();
    int last = count - 1;
    for (int tree = 0; tree < roots.length; tree++) {
      int root = roots[tree];
      for (int r = 0; r < count; r += 4) { // the last four walks may be of the same last row
        int s = Math.min(r + 1, last);
        int t = Math.min(r + 2, last);
        int u = Math.min(r + 3, last);
        walk(root, root, root, root, coded, r * features, s * features, t * features, u * features, leaves, r, s, t, u);
      }
      int sum = to + targets[tree];
      if (codes.isSingle()) {
        for (int r = 0; r < count; r++, sum += width) {
          sums[sum] = (float) (sums[sum] + leaves[r]); // double rounding gives the same float
        }
      } else {
        for (int r = 0; r < count; r++, sum += width) {
          sums[sum] += leaves[r];
        }
      }
    }
  }

  private void rowByRow(int[] coded, int count, float[] leaves, double[] sums, int width) {
    int last = roots.length - 1;
    for (int r = 0; r < count; r++) {
      int row = r * codes.features();
      for (int i = 0; i <= last; i += 4) {
        int j = Math.min(i + 1, last);
        int k = Math.min(i + 2, last);
        int l = Math.min(i + 3, last);
        walk(roots[i], roots[j], roots[k], roots[l], coded, row, row, row, row, leaves, i, j, k, l);
      }
      for (int i = 0; i <= last; i++) {
        int sum = r * width + targets[i];
        double more = sums[sum] + leaves[i];
        sums[sum] = codes.isSingle() ? (float) more : more;
      }
    }
  }

  /**
   * Walks from the nodes a to d for the rows whose codes begin at ra to rd; writes the values of their leaves at i to
   * l.
   */
  private void walk(
      int a, int b, int c, int d, int[] coded, int ra, int rb, int rc, int rd, float[] leaves, int i, int j, int k, int l) {
    final long[] nodes = this.nodes;
    final long[] pool = this.pool;
    while (true) {
      long na = nodes[a];
      long nb = nodes[b];
      long nc = nodes[c];
      long nd = nodes[d];
      if (Node.isLeaf(na | nb | nc | nd)) {
        leaves[i] = Node.value(na);
        leaves[j] = Node.value(nb);
        leaves[k] = Node.value(nc);
        leaves[l] = Node.value(nd);
        return;
      }
      a += Node.step(na, coded, ra, pool);
      b += Node.step(nb, coded, rb, pool);
      c += Node.step(nc, coded, rc, pool);
      d += Node.step(nd, coded, rd, pool);
    }
  }
}
