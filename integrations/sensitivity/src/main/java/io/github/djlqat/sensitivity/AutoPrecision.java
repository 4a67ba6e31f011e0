package io.github.djlqat.sensitivity;

import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.recipe.TrainingOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds a mixed-precision recipe: measures each layer's sensitivity to each candidate, and chooses
 * the candidates that a budget buys best.
 *
 * <pre>{@code
 * AutoPrecision auto = AutoPrecision.builder().setBudget(Budget.averageBits(4)).build();
 * PrecisionPlan plan = auto.prepare(model, trainingSet, new Shape(1, 3, 32, 32));
 * Files.writeString(Path.of("mixed.yaml"), RecipeWriter.toYaml(plan.recipe()));
 * EasyTrain.fit(trainer, epochs, trainingSet, validationSet);
 * }</pre>
 */
public final class AutoPrecision {

    private static final List<Integer> DEFAULT_BITS = List.of(2, 3, 4, 5, 6, 8);

    private final List<Candidate> candidates;
    private final Measure measure;
    private final Budget budget;
    private final String name;
    private final @Nullable TensorRecipe elementwise;
    private final TrainingOptions training;
    private final int batches;
    private final SensitivityAnalysis analysis;

    private AutoPrecision(Builder builder, Budget budget) {
        candidates = builder.candidates;
        measure = builder.measure;
        this.budget = budget;
        name = builder.name;
        elementwise = builder.elementwise;
        training = builder.training;
        batches = builder.batches;
        List<Measure> all = new ArrayList<>(builder.alsoMeasures);
        all.add(measure);
        analysis =
                SensitivityAnalysis.builder()
                        .measuringAs(builder)
                        .setCandidates(candidates)
                        .optMeasures(all.stream().distinct().toArray(Measure[]::new))
                        .build();
    }

    /**
     * Starts to build a search.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Finds a recipe. The model is not changed.
     *
     * @param model a model in floating point whose block has its parameters and gives logits
     * @param data batches of inputs, of which the model is traced with the types, and of labels
     *     where a loss is given
     * @param inputShapes the shapes of the inputs, the first dimension counting samples
     * @return the recipe, and how it was found
     * @throws IOException if the data cannot be read
     * @throws TranslateException if the data cannot be processed
     * @throws InterruptedException if the thread was interrupted
     * @throws IllegalArgumentException if the model cannot be analyzed, or no choice keeps the
     *     budget, naming the least that is possible
     */
    public PrecisionPlan search(Model model, Dataset data, Shape... inputShapes)
            throws IOException, TranslateException, InterruptedException {
        return search(analysis.analyze(model, data, inputShapes));
    }

    /**
     * Finds a recipe by scores that are there already, such as those of another budget's search.
     *
     * @param sensitivity the scores, with this search's measure among them
     * @return the recipe, and how it was found
     * @throws IllegalArgumentException if no choice keeps the budget, naming the least that is
     *     possible
     */
    public PrecisionPlan search(Sensitivity sensitivity) {
        Allocation allocation = BitAllocation.solve(sensitivity, measure, budget);
        Recipe recipe =
                MixedPrecisionRecipe.of(name, allocation.candidates(), elementwise, training);
        return new PrecisionPlan(sensitivity, allocation, recipe);
    }

    /**
     * Finds a recipe, prepares the model by it and calibrates it: what is left is to train, or to
     * convert.
     *
     * @param model a model in floating point; its block becomes a prepared one
     * @param data batches of inputs, of which the model is traced with the types, and of labels
     *     where a loss is given
     * @param inputShapes the shapes of the inputs, the first dimension counting samples
     * @return the recipe, and how it was found
     * @throws IOException if the data cannot be read
     * @throws TranslateException if the data cannot be processed
     * @throws InterruptedException if the thread was interrupted; the model is then as it was
     * @throws IllegalArgumentException if the model cannot be analyzed, or no choice keeps the
     *     budget, naming the least that is possible; the model is then as it was
     */
    public PrecisionPlan prepare(Model model, Dataset data, Shape... inputShapes)
            throws IOException, TranslateException, InterruptedException {
        PrecisionPlan plan = search(model, data, inputShapes);
        try (NDManager scope = model.getNDManager().newSubManager()) {
            Samples sample = Samples.read(data, scope, 1);
            Quantization.prepare(model, plan.recipe(), sample.like(scope, inputShapes));
        }
        Quantization.calibrate(model, data, batches);
        return plan;
    }

    /** Builds an {@link AutoPrecision}. */
    public static final class Builder extends MeasuringBuilder<Builder> {

        private List<Candidate> candidates = Candidate.grid(DEFAULT_BITS, DEFAULT_BITS);
        private Measure measure = Measure.OUTPUT_KL;
        private List<Measure> alsoMeasures = List.of();
        private @Nullable Budget budget;
        private String name = "auto";
        private @Nullable TensorRecipe elementwise = Presets.named("int8").elementwise();
        private TrainingOptions training = TrainingOptions.DEFAULT;

        private Builder() {
            super(true);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets what the network may use.
         *
         * @param budget the budget
         * @return this builder
         */
        public Builder setBudget(Budget budget) {
            this.budget = budget;
            return this;
        }

        /**
         * Sets what each layer may be quantized to; by default each pair of 2, 3, 4, 5, 6 and 8
         * bits.
         *
         * @param candidates the candidates
         * @return this builder
         */
        public Builder optCandidates(List<Candidate> candidates) {
            this.candidates = List.copyOf(candidates);
            return this;
        }

        /**
         * Sets what is minimized; {@link Measure#OUTPUT_KL} by default.
         *
         * @param measure the measure
         * @return this builder
         */
        public Builder optMeasure(Measure measure) {
            this.measure = measure;
            return this;
        }

        /**
         * Sets what is measured for the report besides what is minimized.
         *
         * @param measures the measures
         * @return this builder
         */
        public Builder optAlsoMeasures(Measure... measures) {
            this.alsoMeasures = List.of(measures);
            return this;
        }

        /**
         * Sets the recipe's name; {@code auto} by default.
         *
         * @param name the name
         * @return this builder
         */
        public Builder optName(String name) {
            this.name = name;
            return this;
        }

        /**
         * Sets how the inputs of additions, concatenations and average pooling are quantized; as
         * the preset {@code int8} does by default. They are no part of the budget.
         *
         * @param elementwise the format, or null to leave them in floating point
         * @return this builder
         */
        public Builder optElementwise(@Nullable TensorRecipe elementwise) {
            this.elementwise = elementwise;
            return this;
        }

        /**
         * Sets the recipe's training-time options.
         *
         * @param training the options
         * @return this builder
         */
        public Builder optTraining(TrainingOptions training) {
            this.training = training;
            return this;
        }

        /**
         * Builds the search.
         *
         * @return the search
         * @throws IllegalArgumentException if there is no candidate, two have one name, a number is
         *     below 1, or no budget was set
         */
        public AutoPrecision build() {
            if (budget == null) {
                throw new IllegalArgumentException("A search needs a budget: call setBudget.");
            }
            return new AutoPrecision(this, budget);
        }
    }
}
