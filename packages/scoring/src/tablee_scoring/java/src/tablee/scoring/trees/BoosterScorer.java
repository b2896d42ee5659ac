package tablee.scoring.trees;

import biz.k11i.xgboost.Predictor;
import biz.k11i.xgboost.gbm.GBTree;
import biz.k11i.xgboost.learner.ObjFunction;
import biz.k11i.xgboost.tree.RegTree;
import biz.k11i.xgboost.tree.RegTreeNode;
import hex.genmodel.GenModel;
import hex.genmodel.algos.xgboost.XGBoostJavaMojoModel;
import hex.genmodel.algos.xgboost.XGBoostMojoModel;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;

/**
 * Scores XGBoost, whose trees are converted to a {@link Forest}: a split on a one-hot column becomes a split on the set
 * of levels that go right. Sums are in single precision, as in XGBoost.
 */
public final class BoosterScorer extends ForestScorer {
  /** MOJOs of an older version also look a level up in the one-hot columns of other features. */
  private static final double OLDEST_VERSION = 1.1;

  private final XGBoostJavaMojoModel model;
  private final ObjFunction objective;
  private final Forest forest;
  private final int groups;
  private final float base;
  private final boolean baseComesLast;

  public BoosterScorer(XGBoostJavaMojoModel model) throws UnsupportedTree {
    super(model.nfeatures(), model.getPredsSize(), model.getNTreesPerGroup());
    if (!(model._mojo_version >= OLDEST_VERSION) || model._hasOffset) {
      throw new UnsupportedTree("MOJO version " + model._mojo_version + " or an offset");
    }
    this.model = model;
    groups = model.getNTreesPerGroup();
    Predictor predictor;
    try {
      Field field = XGBoostJavaMojoModel.class.getDeclaredField("_predictor");
      field.setAccessible(true);
      predictor = (Predictor) field.get(model);
      // Not by getDeclaredMethod: it loads the classes that all methods use, Spark's among them.
      baseComesLast =
          (boolean)
              MethodHandles.privateLookupIn(Predictor.class, MethodHandles.lookup())
                  .findVirtual(Predictor.class, "isBeforeOrEqual12", MethodType.methodType(boolean.class))
                  .invokeExact(predictor);
    } catch (Throwable other) { // declared by the method handle
      throw new UnsupportedTree(other.toString());
    }
    if (predictor.getBooster().getClass() != GBTree.class) {
      throw new UnsupportedTree("a booster that is not gbtree");
    }
    base = predictor.getBaseScore();
    objective = ObjFunction.fromName(predictor.getObjName());
    forest = decode(((GBTree) predictor.getBooster()).getGroupedTrees());
  }

  private Forest decode(RegTree[][] grouped) throws UnsupportedTree {
    if (grouped.length != groups) {
      throw new UnsupportedTree(grouped.length + " groups of trees");
    }
    int count = 0;
    for (RegTree[] trees : grouped) {
      count += trees.length;
    }
    int[] roots = new int[count];
    int[] targets = new int[count];
    ForestBuilder builder = new ForestBuilder();
    BoosterDecoder decoder = new BoosterDecoder(model, builder);
    count = 0;
    for (int k = 0; k < groups; k++) {
      for (RegTree tree : grouped[k]) {
        roots[count] = builder.allocate(1);
        decoder.node(tree.getNodes(), 0, roots[count]);
        targets[count++] = k;
      }
    }
    int[] levels = Codes.levels(model._domains, model.nfeatures());
    return builder.build(Codes.ofFloats(levels, model._sparse), roots, targets);
  }

  @Override
  Forest forest() {
    return forest;
  }

  @Override
  double start() {
    return baseComesLast ? 0 : base;
  }

  /** As {@code Predictor.predict} and then {@code XGBoostMojoModel.score0}. */
  @Override
  void finish(double[] row, double[] sums, int from, double[] answer) {
    float[] margins = new float[groups];
    for (int k = 0; k < groups; k++) {
      margins[k] += (float) sums[from + k];
      if (baseComesLast) {
        margins[k] += base;
      }
    }
    float[] scores = objective.predTransform(margins);
    XGBoostMojoModel.toPreds(
        row, scores, answer, model._nclasses, model._priorClassDistrib, model._defaultThreshold);
  }

  /** Converts the trees of one model. */
  private static final class BoosterDecoder {
    private final ForestBuilder forest;
    private final boolean sparse;
    private final int categories;
    private final int[] offsets;
    /** By category and level, the one-hot column of the level (the last entry is for a missing value); -1 for none. */
    private final int[][] hot;

    BoosterDecoder(XGBoostJavaMojoModel model, ForestBuilder forest) {
      this.forest = forest;
      sparse = model._sparse;
      categories = model._cats;
      offsets = model._catOffsets == null ? new int[1] : model._catOffsets;
      hot = new int[categories][];
      int[] columns = new int[categories];
      double[] row = new double[model.nfeatures()];
      for (int c = 0; c < categories; c++) {
        int domain = model._domains[c].length;
        hot[c] = new int[domain + 1];
        for (int level = 0; level <= domain; level++) {
          row[c] = level == domain ? Double.NaN : level;
          GenModel.setCats(row, columns, categories, offsets, model._useAllFactorLevels);
          hot[c][level] = columns[c];
        }
      }
    }

    void node(RegTreeNode[] nodes, int index, int self) throws UnsupportedTree {
      RegTreeNode node = nodes[index];
      if (node.isLeaf()) {
        forest.set(self, Node.leaf(node.getLeafValue()));
        return;
      }
      int left = forest.allocate(2);
      forest.set(self, split(node, left - self));
      node(nodes, node.getLeftChildIndex(), left);
      node(nodes, node.getRightChildIndex(), left + 1);
    }

    private long split(RegTreeNode node, int jump) throws UnsupportedTree {
      int column = node.getSplitIndex();
      float threshold = node.getSplitCondition();
      boolean naRight = !node.default_left();
      if (column >= offsets[categories]) {
        return Node.number(column - offsets[categories] + categories, threshold, naRight, jump);
      }
      int category = 0;
      while (column >= offsets[category + 1]) {
        category++;
      }
      int[] columns = hot[category];
      boolean hotRight = !(1 < threshold);
      boolean coldRight = sparse ? naRight : !(0 < threshold);
      int set = forest.levels(columns.length - 1, level -> columns[level] == column ? hotRight : coldRight);
      return Node.levels(category, set, jump);
    }
  }
}
