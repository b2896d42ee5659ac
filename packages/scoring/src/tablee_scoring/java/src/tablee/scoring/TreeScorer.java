package tablee.scoring;

import hex.genmodel.algos.tree.SharedTreeMojoModel;
import java.util.Arrays;

/**
 * GBM and DRF with their trees decoded once; trees in the outer loop, rows in the inner one, so that a tree stays in
 * the cache for a whole block of rows. Leaves are added in the order of {@code SharedTreeMojoModel.scoreTreeRange},
 * which makes the sums equal bit for bit.
 */
final class TreeScorer implements BatchScorer {
  private static final int BLOCK = 128;
  private static final int NO_TREE = -1;
  /** Older MOJOs code their trees in another way. */
  private static final double OLDEST_VERSION = 1.2;

  private final SharedTreeMojoModel model;
  private final int features;
  private final int width;
  private final int treesPerGroup;
  private final int groups;
  private final int firstSum;
  private final String[][] domains;
  private final int[] roots;
  private final long[] nodes;
  private final long[] pool;

  TreeScorer(SharedTreeMojoModel model) throws UnsupportedTree {
    if (!(model._mojo_version >= OLDEST_VERSION)) {
      throw new UnsupportedTree("MOJO version " + model._mojo_version);
    }
    this.model = model;
    features = model.nfeatures();
    width = model.getPredsSize();
    treesPerGroup = model.getNTreesPerGroup();
    groups = model.getNTreeGroups();
    firstSum = model.nclasses() == 1 ? 0 : 1;
    domains = model._domains;
    TreeDecoder decoder = new TreeDecoder(domains);
    roots = new int[treesPerGroup * groups];
    for (int k = 0; k < treesPerGroup; k++) {
      for (int g = 0; g < groups; g++) {
        byte[] tree = model.treeBytes(g, k);
        roots[k * groups + g] = tree == null ? NO_TREE : decoder.add(tree);
      }
    }
    nodes = decoder.nodes();
    pool = decoder.pool();
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
    for (int start = 0; start < count; start += BLOCK) {
      int size = Math.min(BLOCK, count - start);
      int blockFrom = from + start * features;
      int blockTo = to + start * width;
      Arrays.fill(answers, blockTo, blockTo + size * width, 0);
      for (int k = 0; k < treesPerGroup; k++) {
        for (int g = 0; g < groups; g++) {
          int root = roots[k * groups + g];
          if (root != NO_TREE) {
            addTree(root, rows, blockFrom, size, answers, blockTo + firstSum + k);
          }
        }
      }
      for (int r = 0; r < size; r++) {
        System.arraycopy(rows, blockFrom + r * features, row, 0, features);
        System.arraycopy(answers, blockTo + r * width, answer, 0, width);
        model.unifyPreds(row, 0, answer);
        System.arraycopy(answer, 0, answers, blockTo + r * width, width);
      }
    }
  }

  private void addTree(int root, double[] rows, int from, int count, double[] sums, int to) {
    final long[] nodes = this.nodes;
    for (int r = 0; r < count; r++, from += features, to += width) {
      int at = root;
      while (true) {
        long node = nodes[at];
        int kind = Node.kind(node);
        if (kind == Node.LEAF) {
          sums[to] += Node.number(node);
          break;
        }
        double value = rows[from + Node.column(node)];
        boolean right;
        if (kind == Node.NUMBER_NA_LEFT) {
          right = value >= Node.number(node); // false for NaN
        } else if (kind == Node.NUMBER_NA_RIGHT) {
          right = !(value < Node.number(node)); // true for NaN
        } else {
          right = levelGoesRight(kind, value, node);
        }
        at += right ? Node.jump(node) : 1;
      }
    }
  }

  private boolean levelGoesRight(int kind, double value, long node) {
    switch (kind) {
      case Node.LEVELS_NA_LEFT:
      case Node.LEVELS_NA_RIGHT:
        int set = Node.bits(node);
        int level = (int) value;
        if (Double.isNaN(value) || level < 0 || level >= pool[set]) {
          return kind == Node.LEVELS_NA_RIGHT;
        }
        return (pool[set + 1 + (level >> 6)] >>> (level & 63) & 1) != 0;
      case Node.NA_VERSUS_REST:
        return isMissing(value, Node.column(node));
      default:
        if (isMissing(value, Node.column(node))) {
          return kind == Node.INDEX_NA_RIGHT;
        }
        return value >= Node.number(node);
    }
  }

  /** A level beyond the domain counts as missing, as in {@code scoreTree}. */
  private boolean isMissing(double value, int column) {
    String[] domain = domains == null ? null : domains[column];
    return Double.isNaN(value) || domain != null && domain.length <= (int) value;
  }
}
