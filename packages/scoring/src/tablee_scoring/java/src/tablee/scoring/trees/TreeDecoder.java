package tablee.scoring.trees;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Decodes H2O's byte-coded trees into {@link Node}s, once, at load.
 *
 * <p>The byte code is that of {@code hex.genmodel.algos.tree.SharedTreeMojoModel.scoreTree} (MOJO version 1.2 on): a
 * node is its type, column, direction of missing values and test; then the size of the left subtree (unless that is a
 * leaf), the left subtree and the right one.
 */
final class TreeDecoder {
  private static final int LEAF_COLUMN = 65535;
  private static final int NA_VERSUS_REST = 1;
  private static final int NA_LEFT = 2;
  private static final int LEFT = 4;
  /** Bit of a child's mask: the child is a leaf. */
  private static final int LEAF_BIT = 16;
  /** Type of a test by a set of exactly 32 levels, without an offset. */
  private static final int SMALL_SET = 8;

  private final int[] levels;
  private final ForestBuilder forest;

  /** @param levels how many levels each column has; -1 for numbers */
  TreeDecoder(int[] levels, ForestBuilder forest) {
    this.levels = levels;
    this.forest = forest;
  }

  /** Adds a tree; returns the index of its root node. */
  int add(byte[] tree) throws UnsupportedTree {
    int root = forest.allocate(1);
    node(ByteBuffer.wrap(tree).order(ByteOrder.nativeOrder()), 0, root);
    return root;
  }

  private void node(ByteBuffer code, int at, int self) throws UnsupportedTree {
    int type = code.get(at) & 0xFF;
    int column = code.getChar(at + 1);
    if (column == LEAF_COLUMN) {
      forest.set(self, Node.leaf(code.getFloat(at + 3)));
      return;
    }
    int direction = code.get(at + 3) & 0xFF;
    boolean naRight = direction != NA_LEFT && direction != LEFT;
    boolean isLevel = levels[column] >= 0;
    int test = type & 12;
    int next = at + 4;
    int left = forest.allocate(2);
    int jump = left - self;
    if (direction == NA_VERSUS_REST) {
      int domain = levels[column];
      forest.set(
          self,
          isLevel ? Node.levels(column, forest.levels(domain, level -> level == domain), jump) : Node.missingNumber(column, jump));
    } else if (test == 0) {
      float threshold = code.getFloat(next);
      next += 4;
      int domain = levels[column];
      forest.set(
          self,
          isLevel
              ? Node.levels(column, forest.levels(domain, level -> level == domain ? naRight : level >= threshold), jump)
              : Node.number(column, threshold, naRight, jump));
    } else {
      if (!isLevel) {
        throw new UnsupportedTree("a set of levels on a number column");
      }
      int first = test == SMALL_SET ? 0 : code.getChar(next);
      int count = test == SMALL_SET ? 32 : code.getInt(next + 2);
      int set = test == SMALL_SET ? next : next + 6;
      next = set + (test == SMALL_SET ? 4 : ((count - 1) >> 3) + 1);
      forest.set(self, Node.levels(column, levels(code, set, first, count, levels[column], naRight), jump));
    }
    children(code, next, type, left);
  }

  /** Levels outside the coded range go where missing values go. */
  private int levels(ByteBuffer code, int set, int first, int count, int domain, boolean naRight) {
    return forest.levels(
        domain,
        level -> {
          int i = level - first;
          boolean known = level < domain && i >= 0 && i < count;
          return known ? (code.get(set + (i >> 3)) & (1 << (i & 7))) != 0 : naRight;
        });
  }

  private void children(ByteBuffer code, int at, int type, int left) throws UnsupportedTree {
    int leftMask = type & 51;
    int rightMask = (type & 0xC0) >> 2;
    int right;
    if ((leftMask & LEAF_BIT) != 0) {
      forest.set(left, Node.leaf(code.getFloat(at)));
      right = at + 4;
    } else {
      int size = 0; // of the left subtree, in leftMask + 1 little-endian bytes
      for (int i = 0; i <= leftMask; i++) {
        size |= (code.get(at + i) & 0xFF) << (8 * i);
      }
      int subtree = at + leftMask + 1;
      node(code, subtree, left);
      right = subtree + size;
    }
    if ((rightMask & LEAF_BIT) != 0) {
      forest.set(left + 1, Node.leaf(code.getFloat(right)));
    } else {
      node(code, right, left + 1);
    }
  }
}
