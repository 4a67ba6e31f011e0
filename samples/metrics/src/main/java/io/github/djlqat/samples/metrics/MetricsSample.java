package io.github.djlqat.samples.metrics;

import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.console.Console;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains digits in 4 bits, and publishes the training's meters. */
@Command(
        name = "metrics",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Trains a network for handwritten digits in 4 bits and FP16, and publishes its"
                        + " meters.")
public final class MetricsSample implements Callable<Integer> {

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "9464",
            description =
                    "port of this machine under which Prometheus scrapes /metrics; 0 for any that"
                            + " is free (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--otlp",
            paramLabel = "URL",
            description =
                    "also send the meters to an OpenTelemetry collector, such as"
                            + " http://localhost:4318/v1/metrics")
    private @Nullable URI otlp;

    @Option(
            names = "--otlp-step",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "seconds from one sending to the next (default: ${DEFAULT-VALUE})")
    private int otlpStep;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "200",
            description = "epochs of training (default: ${DEFAULT-VALUE})")
    private int epochs;

    @Spec private @Nullable CommandSpec spec;

    private final Console console;

    private MetricsSample(Console console) {
        this.console = console;
    }

    /**
     * Runs the sample and ends the process: with 0, with 1 if it fails, with 2 if the command line
     * is wrong.
     *
     * @param arguments as {@code --help} prints them
     */
    public static void main(String[] arguments) {
        System.exit(run(Console.system(), new PrintWriter(System.err, true), arguments));
    }

    static int run(Console console, PrintWriter err, String... arguments) {
        return new CommandLine(new MetricsSample(console))
                .setErr(err)
                .setExecutionExceptionHandler(
                        (exception, command, parsed) -> {
                            if (exception instanceof IOException) {
                                command.getErr().println(exception.getMessage());
                                return CommandLine.ExitCode.SOFTWARE;
                            }
                            throw exception;
                        })
                .execute(arguments);
    }

    @Override
    public Integer call() throws IOException, TranslateException {
        requireAtLeast("--epochs", epochs, 1);
        requireAtLeast("--otlp-step", otlpStep, 1);
        requireAtLeast("--port", port, 0);
        if (port > 65535) {
            throw invalid("--port", port, "at most 65535");
        }
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        List<MeterRegistry> registries = new ArrayList<>(List.of(prometheus));
        if (otlp != null) {
            registries.add(collector(otlp));
        }
        try (ScrapeServer server = ScrapeServer.start(prometheus, port)) {
            console.out().println("Meters are served under " + server.address());
            MeteredTraining.run(registries, epochs, console);
        } finally {
            // An OTLP registry sends what it has last while it closes.
            registries.forEach(MeterRegistry::close);
        }
        return CommandLine.ExitCode.OK;
    }

    private OtlpMeterRegistry collector(URI address) {
        if (!"http".equals(address.getScheme()) && !"https".equals(address.getScheme())) {
            throw invalid("--otlp", address, "an http or https address");
        }
        OtlpConfig config =
                new OtlpConfig() {
                    @Override
                    public @Nullable String get(String key) {
                        return null;
                    }

                    @Override
                    public String url() {
                        return address.toString();
                    }

                    @Override
                    public Duration step() {
                        return Duration.ofSeconds(otlpStep);
                    }
                };
        return new OtlpMeterRegistry(config, Clock.SYSTEM);
    }

    private void requireAtLeast(String option, int value, int least) {
        if (value < least) {
            throw invalid(option, value, "at least " + least);
        }
    }

    private ParameterException invalid(String option, Object value, String legal) {
        CommandSpec command = Objects.requireNonNull(spec);
        return new ParameterException(
                command.commandLine(), option + " is " + legal + ", not " + value + ".");
    }
}
