package io.github.djlqat.workflow;

import com.fasterxml.jackson.core.JacksonException;
import io.github.djlqat.report.data.Curve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The curves of a training, from the file of its result. */
final class TrainingCurves {

    private TrainingCurves() {}

    /**
     * Reads the curves.
     *
     * @param file the JSON of a {@link TrainResult}, or null
     * @return the curves that have points; none without a file
     * @throws IOException if the file cannot be read or holds something else
     */
    static List<Curve> read(@Nullable Path file) throws IOException {
        if (file == null) {
            return List.of();
        }
        TrainResult trained;
        try {
            trained = Json.mapper().readValue(Files.readAllBytes(file), TrainResult.class);
        } catch (JacksonException e) {
            throw new IOException(
                    file + " is not what `train --json` prints: " + e.getOriginalMessage() + ".",
                    e);
        }
        List<Curve> curves = new ArrayList<>();
        if (trained != null && trained.epochs() != null) {
            add(curves, trained, "training", "loss", EpochResult::trainLoss);
            add(curves, trained, "validation", "loss", EpochResult::validationLoss);
            add(curves, trained, "training", "accuracy", EpochResult::trainAccuracy);
            add(curves, trained, "validation", "accuracy", EpochResult::validationAccuracy);
        }
        return curves;
    }

    private static void add(
            List<Curve> curves,
            TrainResult trained,
            String name,
            String quantity,
            Function<EpochResult, @Nullable Double> value) {
        List<Curve.Point> points = new ArrayList<>();
        for (EpochResult epoch : trained.epochs()) {
            Double y = value.apply(epoch);
            if (y != null) {
                points.add(new Curve.Point(epoch.epoch(), y));
            }
        }
        if (!points.isEmpty()) {
            curves.add(new Curve(name, quantity, "epoch", points));
        }
    }
}
