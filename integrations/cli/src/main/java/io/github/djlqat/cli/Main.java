package io.github.djlqat.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The program. */
public final class Main {

    /** How long work that is interrupted has to tidy up. */
    private static final long GRACE_MILLIS = 5000;

    private Main() {}

    /**
     * Runs a command and ends the process with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        setDefault("OPT_OUT_TRACKING", "true");
        setDefault("ai.djl.offline", "true");
        setDefault("org.slf4j.simpleLogger.defaultLogLevel", "error");
        Thread work = Thread.currentThread();
        CountDownLatch done = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(work, done), "stop"));
        int code;
        try {
            code = new Cli(Terminal.system()).run(arguments);
        } finally {
            done.countDown();
        }
        System.exit(code);
    }

    /** Has work that a signal interrupts remove what it has half written. */
    private static void stop(Thread work, CountDownLatch done) {
        if (done.getCount() == 0) {
            return;
        }
        work.interrupt();
        try {
            boolean tidy = done.await(GRACE_MILLIS, TimeUnit.MILLISECONDS);
            if (!tidy) {
                System.err.println("djl-qat: The work did not stop in time.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
