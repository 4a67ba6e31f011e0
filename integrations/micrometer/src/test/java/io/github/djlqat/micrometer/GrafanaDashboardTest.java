package io.github.djlqat.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.mixedprecision.MixedPrecision;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.mixedprecision.Precision;
import io.github.djlqat.recipe.Presets;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the dashboard asks Prometheus for is what a training publishes. */
class GrafanaDashboardTest {

    private static final Pattern SELECTOR = Pattern.compile("(djlqat_\\w+)(\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!=|=)\\s*\"([^\"]*)\"");

    @Test
    void everyQueryFindsItsSeries() throws Exception {
        JsonNode dashboard =
                new ObjectMapper().readTree(Path.of("grafana", "training.json").toFile());
        List<String> queries = new ArrayList<>();
        dashboard.findValues("expr").forEach(node -> queries.add(node.asText()));
        dashboard.at("/templating/list").findValuesAsText("query").forEach(queries::add);
        List<String> series = scrape().lines().filter(line -> !line.startsWith("#")).toList();
        Set<String> used = new TreeSet<>();
        for (String query : queries) {
            Matcher selector = SELECTOR.matcher(query);
            while (selector.find()) {
                used.add(selector.group(1));
                assertThat(series)
                        .as(query)
                        .anyMatch(line -> selects(selector.group(1), selector.group(3), line));
            }
        }
        Set<String> published = new TreeSet<>();
        series.forEach(line -> published.add(line.replaceAll("[{ ].*", "")));
        published.removeIf(
                name -> !name.startsWith("djlqat_") || name.matches(".*(_max|_per_second)"));
        assertThat(used).isEqualTo(published);
    }

    private static boolean selects(String name, String labels, String line) {
        if (!line.startsWith(name + "{")) {
            return false;
        }
        Matcher wanted = MATCHER.matcher(labels == null ? "" : labels);
        while (wanted.find()) {
            Matcher found = Pattern.compile(wanted.group(1) + "=\"([^\"]*)\"").matcher(line);
            boolean fits =
                    found.find()
                            && switch (wanted.group(2)) {
                                case "=" -> found.group(1).equals(wanted.group(3));
                                case "!=" -> !found.group(1).equals(wanted.group(3));
                                default -> true; // a variable of the dashboard
                            };
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static String scrape() throws Exception {
        TrainingMetrics metrics = TrainingMetrics.builder().build();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        metrics.bindTo(registry);
        Shape input = new Shape(4, 5);
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.l2Loss())
                        .optOptimizer(
                                Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.1f)).build())
                        .addTrainingListeners(metrics);
        try (Model model = Model.newInstance("model");
                NDManager manager = NDManager.newBaseManager()) {
            model.setBlock(new SequentialBlock().add(Linear.builder().setUnits(2).build()));
            Quantization.prepare(model, Presets.named("int8"), input);
            ArrayDataset data =
                    new ArrayDataset.Builder()
                            .setData(manager.randomUniform(-1, 1, new Shape(16, 5)))
                            .optLabels(manager.zeros(new Shape(16, 2)))
                            .setSampling(4, false)
                            .build();
            Quantization.calibrate(model, data, 1);
            try (Trainer trainer =
                    new MixedPrecisionTrainer(
                            model, config, MixedPrecision.of(Precision.FLOAT16))) {
                trainer.setMetrics(new Metrics());
                trainer.initialize(input);
                EasyTrain.fit(trainer, 2, data, null);
                return registry.scrape();
            }
        }
    }
}
