package tablee.scoring;

/** A tree that has no flat form; its model is scored by {@code score0}. */
final class UnsupportedTree extends Exception {
  private static final long serialVersionUID = 1L;

  UnsupportedTree(String reason) {
    super(reason);
  }
}
