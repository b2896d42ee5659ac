package tablee.scoring;

/**
 * How one tree node fits in a {@code long}. The size decides the speed: forests of 16-byte nodes no longer fit in the
 * cache and lose to H2O's own byte code.
 *
 * <pre>
 *   bits  0..31  the leaf's value or the split's threshold as float bits, or where the level set starts in the pool
 *   bits 32..43  the column
 *   bits 44..46  the kind of node
 *   bits 47..63  how many nodes further the right child lies; the left child is the next node
 * </pre>
 */
final class Node {
  static final int LEAF = 0;
  /** Number column, missing goes left. */
  static final int NUMBER_NA_LEFT = 1;
  /** Number column, missing goes right. */
  static final int NUMBER_NA_RIGHT = 2;
  /** Set of levels, missing goes left. */
  static final int LEVELS_NA_LEFT = 3;
  /** Set of levels, missing goes right. */
  static final int LEVELS_NA_RIGHT = 4;
  /** Missing goes right, all else left. */
  static final int NA_VERSUS_REST = 5;
  /** Threshold on a level's index, missing goes left. */
  static final int INDEX_NA_LEFT = 6;
  /** Threshold on a level's index, missing goes right. */
  static final int INDEX_NA_RIGHT = 7;

  private static final int MAX_COLUMNS = 1 << 12;
  private static final int MAX_JUMP = 1 << 17;

  private Node() {}

  static long leaf(float value) {
    return Float.floatToRawIntBits(value) & 0xFFFFFFFFL;
  }

  /** @throws UnsupportedTree when the tree does not fit in this form */
  static long split(int kind, int column, int bits, int jump) throws UnsupportedTree {
    if (column >= MAX_COLUMNS || jump >= MAX_JUMP) {
      throw new UnsupportedTree("column " + column + " or a jump of " + jump + " nodes is too large");
    }
    return (bits & 0xFFFFFFFFL) | (long) column << 32 | (long) kind << 44 | (long) jump << 47;
  }

  static int kind(long node) {
    return (int) (node >>> 44) & 7;
  }

  static int column(long node) {
    return (int) (node >>> 32) & 0xFFF;
  }

  static int bits(long node) {
    return (int) node;
  }

  static float number(long node) {
    return Float.intBitsToFloat((int) node);
  }

  static int jump(long node) {
    return (int) (node >>> 47);
  }
}
