package tablee.scoring.trees;

/** Encodes each cell as an int that compares with thresholds as the cell does, including missing and unknown values. */
final class Codes {
  /** The code of a missing number: less than all others, and greater than all others after 1 is subtracted. */
  static final int MISSING = Integer.MIN_VALUE;

  /** The number of levels of each column; -1 for numbers. It is also the code of a missing or unknown level. */
  private final int[] levels;
  private final boolean single;
  private final boolean zeroIsMissing;

  private Codes(int[] levels, boolean single, boolean zeroIsMissing) {
    this.levels = levels;
    this.single = single;
    this.zeroIsMissing = zeroIsMissing;
  }

  /** For trees that compare doubles with float thresholds. */
  static Codes ofDoubles(int[] levels) {
    return new Codes(levels, false, false);
  }

  /** For trees that compare the nearest floats. */
  static Codes ofFloats(int[] levels, boolean zeroIsMissing) {
    return new Codes(levels, true, zeroIsMissing);
  }

  /** The number of levels of each feature; -1 for numbers. */
  static int[] levels(String[][] domains, int features) {
    int[] levels = new int[features];
    for (int j = 0; j < features; j++) {
      levels[j] = domains == null || domains[j] == null ? -1 : domains[j].length;
    }
    return levels;
  }

  /** Whether the model uses single precision, in thresholds and in sums. */
  boolean isSingle() {
    return single;
  }

  int features() {
    return levels.length;
  }

  /** Encodes {@code count} rows that begin at {@code rows[from]}. */
  void of(double[] rows, int from, int count, int[] codes) {
    for (int r = 0, at = 0; r < count; r++) {
      for (int j = 0; j < levels.length; j++, at++) {
        double value = rows[from + at];
        codes[at] = levels[j] < 0 ? number(value) : level(value, levels[j]);
      }
    }
  }

  /** Thresholds are floats, therefore the largest float that is not above a double compares as the double does. */
  private int number(double value) {
    float near = (float) value;
    if (value != value || zeroIsMissing && near == 0) {
      return MISSING;
    }
    return order(near) - (!single && near > value ? 1 : 0);
  }

  private static int level(double value, int levels) {
    int level = (int) value;
    return value != value || level < 0 || level >= levels ? levels : level;
  }

  /** An int for each float, in the order of the floats; both zeros get the same int. */
  static int order(float number) {
    int bits = Float.floatToRawIntBits(number + 0.0f);
    return bits ^ bits >> 31 & 0x7FFFFFFF;
  }
}
