package io.github.djlqat.mixedprecision.checkpoint;

import java.nio.file.Path;

/** A run in a process of its own, which goes on from where the last one was killed. */
final class KilledRun {

    private KilledRun() {}

    public static void main(String[] arguments) throws Exception {
        try (SmallRun run = new SmallRun(Path.of(arguments[0]))) {
            run.store.resume(run.state);
            System.out.println("started");
            run.train(Integer.parseInt(arguments[1]), 1);
        }
    }
}
