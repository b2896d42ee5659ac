package tablee.scoring;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Splits a large block of rows over all cores. The caller works too and takes whatever part nobody has taken yet, so a
 * busy pool delays nobody.
 */
final class Cores {
  private static final int HELPERS = Runtime.getRuntime().availableProcessors() - 1;
  private static final ExecutorService POOL = Executors.newFixedThreadPool(Math.max(HELPERS, 1), Cores::thread);

  private Cores() {}

  /** Some work on the rows from one index to before another. */
  interface Part {
    void run(int from, int to);
  }

  /** Does parts of {@code size} rows each; fewer rows than two parts are not worth a second thread. */
  static void run(int count, int size, Part part) {
    int parts = (count + size - 1) / size;
    int helpers = Math.min(HELPERS, count / size - 1);
    if (helpers <= 0) {
      part.run(0, count);
      return;
    }
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CountDownLatch open = new CountDownLatch(parts);
    Runnable work =
        () -> {
          for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
            try {
              part.run(i * size, Math.min((i + 1) * size, count));
            } catch (RuntimeException | Error failed) {
              failure.set(failed);
            } finally {
              open.countDown();
            }
          }
        };
    for (int i = 0; i < helpers; i++) {
      POOL.execute(work);
    }
    work.run();
    await(open);
    Throwable failed = failure.get();
    if (failed instanceof Error) {
      throw (Error) failed;
    }
    if (failed != null) {
      throw (RuntimeException) failed;
    }
  }

  /** Waits for the parts that helpers have taken. */
  private static void await(CountDownLatch open) {
    boolean interrupted = false;
    while (true) {
      try {
        open.await();
        break;
      } catch (InterruptedException later) {
        interrupted = true; // the answers are not the caller's before all parts are done
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "scoring");
    thread.setDaemon(true);
    return thread;
  }
}
