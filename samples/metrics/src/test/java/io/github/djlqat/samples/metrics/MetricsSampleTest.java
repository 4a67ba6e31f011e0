package io.github.djlqat.samples.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.djlqat.extension.console.Console;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sample as Prometheus and a collector see it. */
class MetricsSampleTest {

    // 1,438 images in batches of 32.
    private static final int STEPS = 45;
    private static final int IMAGES = 1438;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Console console =
            new Console(
                    new PrintStream(printed, true, StandardCharsets.UTF_8),
                    false,
                    System::nanoTime);

    @Test
    void aScrapeDuringTrainingSeesTheLayers() throws Exception {
        StringWriter err = new StringWriter();
        int[] status = {-1};
        Thread training =
                new Thread(
                        () ->
                                status[0] =
                                        MetricsSample.run(
                                                console,
                                                new PrintWriter(err),
                                                "--port",
                                                "0",
                                                "--epochs",
                                                "1"));
        training.start();
        String scrape = "";
        while (training.isAlive() && !scrape.contains("djlqat_layer_sqnr_decibels{")) {
            Matcher address = Pattern.compile("http://\\S+").matcher(printed());
            if (address.find()) {
                scrape = get(URI.create(address.group()));
            }
            Thread.sleep(20);
        }
        training.join();
        assertThat(status[0]).as(err.toString()).isZero();
        assertThat(scrape)
                .containsPattern(
                        "djlqat_layer_sqnr_decibels\\{layer=\"[^\"]+\",model=\"digits\"} \\d")
                .containsPattern("djlqat_loss_scale\\{model=\"digits\"} \\d");
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static String get(URI address) throws Exception {
        try {
            HttpResponse<String> response =
                    HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(address).build(),
                                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            return response.body();
        } catch (java.net.ConnectException e) {
            return "";
        }
    }

    @Test
    void aCollectorIsSentTheSumsOfTheWholeTraining() throws Exception {
        Queue<byte[]> received = new ConcurrentLinkedQueue<>();
        HttpServer collector =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext(
                "/v1/metrics",
                exchange -> {
                    try (exchange) {
                        received.add(exchange.getRequestBody().readAllBytes());
                        exchange.sendResponseHeaders(200, -1);
                    }
                });
        collector.start();
        try {
            StringWriter err = new StringWriter();
            String url = "http://localhost:" + collector.getAddress().getPort() + "/v1/metrics";
            int status =
                    MetricsSample.run(
                            console,
                            new PrintWriter(err),
                            "--port",
                            "0",
                            "--epochs",
                            "1",
                            "--otlp",
                            url,
                            "--otlp-step",
                            "3600");
            assertThat(status).as(err.toString()).isZero();
        } finally {
            collector.stop(0);
        }
        assertThat(received).hasSize(1);
        ExportMetricsServiceRequest request =
                ExportMetricsServiceRequest.parseFrom(received.remove());
        Map<String, Metric> metrics =
                request.getResourceMetrics(0).getScopeMetrics(0).getMetricsList().stream()
                        .collect(Collectors.toMap(Metric::getName, m -> m, (a, b) -> a));
        assertThat(sum(metrics, "djlqat.steps")).isEqualTo(STEPS);
        assertThat(sum(metrics, "djlqat.samples")).isEqualTo(IMAGES);
        assertThat(metrics).containsKey("djlqat.step.time");
        // Each skipped step halves it.
        double skipped =
                metrics.get("djlqat.steps.skipped").getSum().getDataPointsList().stream()
                        .mapToDouble(NumberDataPoint::getAsDouble)
                        .sum();
        assertThat(metrics.get("djlqat.loss.scale").getGauge().getDataPoints(0).getAsDouble())
                .isEqualTo(Math.scalb(65536, -(int) skipped));
    }

    private static double sum(Map<String, Metric> metrics, String name) {
        return metrics.get(name).getSum().getDataPoints(0).getAsDouble();
    }

    @ParameterizedTest
    @CsvSource({
        "--epochs,0,at least 1",
        "--port,-1,at least 0",
        "--port,65536,at most 65535",
        "--otlp-step,0,at least 1",
        "--otlp,ftp://x,an http or https address",
        "--epochs,many,'not an int'"
    })
    void refusesAnIllegalOption(String option, String value, String legal) {
        StringWriter err = new StringWriter();
        assertThat(MetricsSample.run(console, new PrintWriter(err), option, value)).isEqualTo(2);
        assertThat(err.toString()).contains(option).contains(value).contains(legal);
    }

    @Test
    void saysWhichPortIsTaken() throws Exception {
        try (ScrapeServer first =
                ScrapeServer.start(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), 0)) {
            String port = Integer.toString(first.address().getPort());
            StringWriter err = new StringWriter();
            assertThat(MetricsSample.run(console, new PrintWriter(err), "--port", port))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("Port " + port).doesNotContain("\tat ");
        }
    }
}
