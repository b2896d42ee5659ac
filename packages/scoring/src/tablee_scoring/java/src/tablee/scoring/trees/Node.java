package tablee.scoring.trees;

/**
 * How one tree node fits in a {@code long}, and how a walk takes the step from it without a branch. The size decides the
 * speed: forests of 16-byte nodes no longer fit in the cache and are slower than H2O's own byte code.
 *
 * <pre>
 *   bits  0..31  the leaf's value as float bits, or the split's threshold, or where its set of levels starts in the pool
 *   bits 32..43  the column
 *   bit  44      1: the split compares a number
 *   bit  45      1: the split looks a level up in a set
 *   bit  46      1: a missing number goes right
 *   bits 47..63  how many nodes further the left child lies; the right child is the one behind it
 * </pre>
 *
 * <p>A leaf has none of the bits 44 to 63, so that a step from it stays there.
 */
final class Node {
  private static final long NUMBER = 1L << 44;
  private static final long LEVELS = 1L << 45;
  private static final long MISSING_RIGHT = 1L << 46;
  private static final int MAX_COLUMNS = 1 << 12;
  private static final int MAX_JUMP = 1 << 17;

  private Node() {}

  static long leaf(float value) {
    return Float.floatToRawIntBits(value) & 0xFFFFFFFFL;
  }

  /** Goes right from the threshold on. @throws UnsupportedTree when the tree does not fit in this form */
  static long number(int column, float threshold, boolean missingRight, int jump) throws UnsupportedTree {
    int missing = missingRight ? 1 : 0;
    return NUMBER | missing * MISSING_RIGHT | split(column, Codes.order(threshold) - missing, jump);
  }

  /** Only a missing number goes right. @throws UnsupportedTree when the tree does not fit in this form */
  static long missingNumber(int column, int jump) throws UnsupportedTree {
    return NUMBER | MISSING_RIGHT | split(column, Integer.MAX_VALUE, jump);
  }

  /**
   * Goes right if the set in the pool has the level. @throws UnsupportedTree when the tree does not fit in this form
   */
  static long levels(int column, int set, int jump) throws UnsupportedTree {
    return LEVELS | split(column, set, jump);
  }

  private static long split(int column, int bits, int jump) throws UnsupportedTree {
    if (column >= MAX_COLUMNS || jump >= MAX_JUMP) {
      throw new UnsupportedTree("column " + column + " or a jump of " + jump + " nodes is too large");
    }
    return (bits & 0xFFFFFFFFL) | (long) column << 32 | (long) jump << 47;
  }

  static boolean isLeaf(long node) {
    return (node & (NUMBER | LEVELS)) == 0;
  }

  static float value(long leaf) {
    return Float.intBitsToFloat((int) leaf);
  }

  /**
   * How far the next node is, for the row whose {@link Codes} start at {@code row}. Integers only: a branch here would
   * be mispredicted every other time, which costs more than all the rest.
   */
  static int step(long node, int[] codes, int row, long[] pool) {
    int bits = (int) node;
    int code = codes[row + ((int) (node >>> 32) & 0xFFF)];
    long below = (long) (code - ((int) (node >>> 46) & 1)) - bits; // negative: under the threshold
    int byNumber = (int) (~below >>> 63) & (int) (node >>> 44);
    int bySet = (int) (pool[bits + (code >>> 6) & -((int) (node >>> 45) & 1)] >>> code); // the pool's first word is 0
    return (int) (node >>> 47) + ((byNumber | bySet) & 1);
  }
}
