package io.github.djlqat.workflow;

import io.github.djlqat.workflow.model.ModelSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A request whose model goes by a recipe: one that is given, one that is searched, or its own. */
sealed interface RecipeRequest permits QuantizeRequest, TrainRequest {

    ModelSource model();

    @Nullable String recipe();

    @Nullable SearchOptions search();

    Calibration calibration();

    Path output();
}
