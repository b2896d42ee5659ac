package tablee.scoring.shapley;

/**
 * The paths of a walk through a tree (see {@link TreeShap}), one behind the other for all levels. A path of length n
 * has n + 1 entries; the first has no column.
 */
final class ShapPath {
  final int[] column;
  final double[] zero;
  final double[] one;
  final double[] weight;

  ShapPath(int length) {
    column = new int[length];
    zero = new double[length];
    one = new double[length];
    weight = new double[length];
  }

  void copy(int from, int to, int length) {
    System.arraycopy(column, from, column, to, length);
    System.arraycopy(zero, from, zero, to, length);
    System.arraycopy(one, from, one, to, length);
    System.arraycopy(weight, from, weight, to, length);
  }

  int find(int at, int length, int wanted) {
    for (int i = 1; i <= length; i++) {
      if (column[at + i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  void extend(int at, int length, double zeroShare, double oneShare, int newColumn) {
    column[at + length] = newColumn;
    zero[at + length] = zeroShare;
    one[at + length] = oneShare;
    weight[at + length] = length == 0 ? 1 : 0;
    double size = length + 1;
    for (int i = length - 1; i >= 0; i--) {
      weight[at + i + 1] += oneShare * weight[at + i] * (i + 1) / size;
      weight[at + i] = zeroShare * weight[at + i] * (length - i) / size;
    }
  }

  /** Removes entry {@code index}. */
  void unwind(int at, int length, int index) {
    double oneShare = one[at + index];
    double zeroShare = zero[at + index];
    double size = length + 1;
    double next = weight[at + length];
    for (int i = length - 1; i >= 0; i--) {
      if (oneShare != 0) {
        double before = weight[at + i];
        weight[at + i] = next * size / ((i + 1) * oneShare);
        next = before - weight[at + i] * zeroShare * (length - i) / size;
      } else if (zeroShare != 0) {
        weight[at + i] = weight[at + i] * size / (zeroShare * (length - i));
      } else {
        weight[at + i] = 0;
      }
    }
    int tail = length - index;
    System.arraycopy(column, at + index + 1, column, at + index, tail);
    System.arraycopy(zero, at + index + 1, zero, at + index, tail);
    System.arraycopy(one, at + index + 1, one, at + index, tail);
  }

  /** The total weight of the path without entry {@code index}. */
  double weightWithout(int at, int length, int index) {
    double oneShare = one[at + index];
    double zeroShare = zero[at + index];
    double size = length + 1;
    double next = weight[at + length];
    double total = 0;
    for (int i = length - 1; i >= 0; i--) {
      if (oneShare != 0) {
        double part = next * size / ((i + 1) * oneShare);
        total += part;
        next = weight[at + i] - part * zeroShare * (length - i) / size;
      } else if (zeroShare != 0) {
        total += weight[at + i] * size / (zeroShare * (length - i));
      }
    }
    return total;
  }
}
