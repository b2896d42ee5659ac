package tablee.scoring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Decodes H2O's byte-coded trees into {@link Node}s, once, at load.
 *
 * <p>The byte code is that of {@code hex.genmodel.algos.tree.SharedTreeMojoModel.scoreTree} (MOJO version 1.2 on): a node
 * is its type, column, direction of missing values and test; then the size of the left subtree (unless that is a
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

  private final String[][] domains;
  private long[] nodes = new long[1 << 12];
  private int nodeCount;
  private long[] pool = new long[64];
  private int poolSize;

  TreeDecoder(String[][] domains) {
    this.domains = domains;
  }

  /** Adds a tree; answers where its root is. */
  int add(byte[] tree) throws UnsupportedTree {
    return node(ByteBuffer.wrap(tree).order(ByteOrder.nativeOrder()), 0);
  }

  long[] nodes() {
    return Arrays.copyOf(nodes, nodeCount);
  }

  /** Level sets, one after the other: the number of levels of the column, then a bit per level that goes right. */
  long[] pool() {
    return Arrays.copyOf(pool, poolSize);
  }

  private int node(ByteBuffer code, int at) throws UnsupportedTree {
    int type = code.get(at) & 0xFF;
    int column = code.getChar(at + 1);
    if (column == LEAF_COLUMN) {
      return leaf(code.getFloat(at + 3));
    }
    int direction = code.get(at + 3) & 0xFF;
    boolean naLeft = direction == NA_LEFT || direction == LEFT;
    boolean isLevel = domains != null && domains[column] != null;
    int test = type & 12;
    int next = at + 4;
    int kind;
    int bits = 0;
    if (direction == NA_VERSUS_REST) {
      kind = Node.NA_VERSUS_REST;
    } else if (test == 0) {
      bits = code.getInt(next);
      next += 4;
      kind = (isLevel ? Node.INDEX_NA_LEFT : Node.NUMBER_NA_LEFT) + (naLeft ? 0 : 1);
    } else {
      if (!isLevel) {
        throw new UnsupportedTree("a set of levels on a number column");
      }
      int first = test == SMALL_SET ? 0 : code.getChar(next);
      int count = test == SMALL_SET ? 32 : code.getInt(next + 2);
      int set = test == SMALL_SET ? next : next + 6;
      bits = levels(code, set, first, count, domains[column].length, naLeft);
      next = set + (test == SMALL_SET ? 4 : ((count - 1) >> 3) + 1);
      kind = naLeft ? Node.LEVELS_NA_LEFT : Node.LEVELS_NA_RIGHT;
    }
    return children(code, next, type, kind, column, bits);
  }

  private int children(ByteBuffer code, int at, int type, int kind, int column, int bits) throws UnsupportedTree {
    int self = allocate();
    int leftMask = type & 51;
    int rightMask = (type & 0xC0) >> 2;
    int right;
    if ((leftMask & LEAF_BIT) != 0) {
      leaf(code.getFloat(at));
      right = at + 4;
    } else {
      int size = 0; // of the left subtree, in leftMask + 1 little-endian bytes
      for (int i = 0; i <= leftMask; i++) {
        size |= (code.get(at + i) & 0xFF) << (8 * i);
      }
      int left = at + leftMask + 1;
      node(code, left);
      right = left + size;
    }
    int rightNode = (rightMask & LEAF_BIT) != 0 ? leaf(code.getFloat(right)) : node(code, right);
    nodes[self] = Node.split(kind, column, bits, rightNode - self);
    return self;
  }

  private int leaf(float value) {
    int self = allocate();
    nodes[self] = Node.leaf(value);
    return self;
  }

  private int allocate() {
    if (nodeCount == nodes.length) {
      nodes = Arrays.copyOf(nodes, nodes.length * 2);
    }
    return nodeCount++;
  }

  /** Writes a level set to the pool; levels outside the coded range go where missing values go. */
  private int levels(ByteBuffer code, int set, int first, int count, int domain, boolean naLeft) {
    int words = (domain + 63) >> 6;
    while (poolSize + words + 1 > pool.length) {
      pool = Arrays.copyOf(pool, pool.length * 2);
    }
    int start = poolSize;
    poolSize += words + 1;
    pool[start] = domain;
    for (int level = 0; level < domain; level++) {
      int i = level - first;
      boolean known = i >= 0 && i < count;
      boolean goesRight = known ? (code.get(set + (i >> 3)) & (1 << (i & 7))) != 0 : !naLeft;
      if (goesRight) {
        pool[start + 1 + (level >> 6)] |= 1L << (level & 63);
      }
    }
    return start;
  }
}
