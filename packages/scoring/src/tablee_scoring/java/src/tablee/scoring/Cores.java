package tablee.scoring;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Splits a large block of rows over all processor cores. The calling thread works on parts too, so that it never waits
 * for a busy pool.
 */
public final class Cores {
  private static final int HELPERS = Runtime.getRuntime().availableProcessors() - 1;
  private static final ExecutorService POOL = Executors.newFixedThreadPool(Math.max(HELPERS, 1), Cores::thread);

  private Cores() {}

  /** Work on the rows from index {@code from} (inclusive) to {@code to} (exclusive). */
  public interface Part {
    void run(int from, int to);
  }

  /** Runs the work in parts of {@code size} rows. Fewer rows than two parts run in the calling thread alone. */
  public static void run(int count, int size, Part part) {
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

  /** Waits for the parts that other threads work on. */
  private static void await(CountDownLatch open) {
    boolean interrupted = false;
    while (true) {
      try {
        open.await();
        break;
      } catch (InterruptedException later) {
        interrupted = true; // the caller may not read the results before all parts are done
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
