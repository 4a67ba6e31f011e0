package io.github.djlqat.mixedprecision.checkpoint;

import java.nio.file.Path;

/** A run in a process of its own, which goes on from where the last one was killed. */
final class KilledRun {

    private KilledRun() {}

    public static void main(String[] arguments) throws Exception {
        SmallRun.Kind kind = SmallRun.Kind.valueOf(arguments[2]);
        try (SmallRun run = new SmallRun(Path.of(arguments[0]), kind)) {
            run.store.resume(run.state);
            run.data.addBatchListener(position -> System.out.println(position.totalBatches()));
            System.out.println("started");
            run.train(Integer.parseInt(arguments[1]), 1);
        }
    }
}
