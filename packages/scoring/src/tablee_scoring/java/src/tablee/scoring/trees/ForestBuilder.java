package tablee.scoring.trees;

import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/** Collects the nodes and level sets of a {@link Forest}. */
final class ForestBuilder {
  private long[] nodes = new long[1 << 12];
  private int nodeCount;
  private long[] pool = new long[64];
  /** Begins at 1: the first word has to stay 0, because splits on numbers read it. */
  private int poolSize = 1;
  private final Map<LongBuffer, Integer> known = new HashMap<>();

  /** Reserves space for nodes. Returns the index of the first. */
  int allocate(int count) {
    if (nodeCount + count > nodes.length) {
      nodes = Arrays.copyOf(nodes, nodes.length * 2);
    }
    nodeCount += count;
    return nodeCount - count;
  }

  void set(int at, long node) {
    nodes[at] = node;
  }

  /**
   * Stores the set of levels that go right; {@code domain} stands for a missing value. Returns the index of the set.
   */
  int levels(int domain, IntPredicate goesRight) {
    long[] set = new long[(domain >> 6) + 1];
    for (int level = 0; level <= domain; level++) {
      if (goesRight.test(level)) {
        set[level >> 6] |= 1L << (level & 63);
      }
    }
    return known.computeIfAbsent(LongBuffer.wrap(set), key -> append(set));
  }

  private int append(long[] set) {
    int start = poolSize;
    poolSize += set.length;
    if (poolSize > pool.length) {
      pool = Arrays.copyOf(pool, poolSize * 2);
    }
    System.arraycopy(set, 0, pool, start, set.length);
    return start;
  }

  /** @param targets which of a row's sums each tree adds to */
  Forest build(Codes codes, int[] roots, int[] targets) {
    return new Forest(Arrays.copyOf(nodes, nodeCount), Arrays.copyOf(pool, poolSize), codes, roots, targets);
  }
}
