package tablee.scoring.trees;

/** A tree that cannot be converted to a {@link Forest}. Its model is scored by {@code score0}. */
public final class UnsupportedTree extends Exception {
  private static final long serialVersionUID = 1L;

  UnsupportedTree(String reason) {
    super(reason);
  }
}
