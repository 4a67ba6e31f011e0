package io.github.djlqat.gradle;

import java.io.File;
import javax.inject.Inject;
import org.gradle.api.Action;
import org.gradle.api.file.ConfigurableFileCollection;
import org.gradle.api.model.ObjectFactory;
import org.gradle.api.provider.ListProperty;
import org.gradle.api.provider.Property;

/** What a build script says in {@code djlQat { … }}. */
public abstract class DjlQatExtension {

    private final SampleSource data;
    private final SampleSource evaluationData;

    /**
     * Gradle creates the instance.
     *
     * @param objects what makes the parts
     */
    @Inject
    public DjlQatExtension(ObjectFactory objects) {
        data = objects.newInstance(SampleSource.class);
        evaluationData = objects.newInstance(SampleSource.class);
    }

    /**
     * The model in floating point: a TorchScript file, or a folder of a DJL model.
     *
     * @return the property
     */
    public abstract Property<File> getModel();

    /**
     * The class that makes a DJL model's block, where its folder does not name one: an {@code
     * ai.djl.nn.BlockFactory} or a {@code Block} with a constructor without parameters.
     *
     * @return the property
     */
    public abstract Property<String> getBlockFactory();

    /**
     * The shapes of one sample of each input, where neither the model nor the data tell: 3x32x32,
     * with semicolons between inputs.
     *
     * @return the property
     */
    public abstract Property<String> getInputShapes();

    /**
     * The recipe: the name of a preset, by default int8, or a file ending in .yaml, .yml or .json,
     * from the project's folder on.
     *
     * @return the property
     */
    public abstract Property<String> getRecipe();

    /**
     * The number of samples that choose ranges at most, by default 320.
     *
     * @return the property
     */
    public abstract Property<Integer> getCalibrationSamples();

    /**
     * The number of samples that are run at a time, by default 32.
     *
     * @return the property
     */
    public abstract Property<Integer> getBatchSize();

    /**
     * The metric of evaluation; top1 where labels are classes and mse otherwise, unless the
     * baseline tells.
     *
     * @return the property
     */
    public abstract Property<String> getMetric();

    /**
     * The least value that passes; the greatest one of a metric of which less is better.
     *
     * @return the property
     */
    public abstract Property<Double> getLimit();

    /**
     * A file such as <code>{"metric": "top1", "value": 0.915}</code> with what has to be reached.
     *
     * @return the property
     */
    public abstract Property<File> getBaseline();

    /**
     * By how much the baseline may be missed, in the metric's unit; by default 0.
     *
     * @return the property
     */
    public abstract Property<Double> getTolerance();

    /**
     * The name of what export writes into the folder {@code exported}, such as {@code
     * classifier.onnx}; its ending tells the kind.
     *
     * @return the property
     */
    public abstract Property<String> getExportName();

    /**
     * Other models that the report shows beside the quantized one, such as an exported one.
     *
     * @return the files or folders
     */
    public abstract ConfigurableFileCollection getComparedModels();

    /**
     * The report's title; by default the quantized model's name.
     *
     * @return the property
     */
    public abstract Property<String> getReportTitle();

    /**
     * The report's name in the folder {@code reports/djl-qat}, by default {@code report.html};
     * {@code .json} is for its data.
     *
     * @return the property
     */
    public abstract Property<String> getReportName();

    /**
     * Whether the report's figures are written as well, as SVG, PNG and JSON; by default they are
     * not.
     *
     * @return the property
     */
    public abstract Property<Boolean> getReportFigures();

    /**
     * The number of samples that the report's distributions are taken from, by default 256.
     *
     * @return the property
     */
    public abstract Property<Integer> getReportSamples();

    /**
     * How often the report runs each model on one sample, in turn, to take the median time; by
     * default 50, and 0 not to.
     *
     * @return the property
     */
    public abstract Property<Integer> getReportRuns();

    /**
     * What the command line's {@code train --json} printed, to show the training's curves in the
     * report.
     *
     * @return the property
     */
    public abstract Property<File> getTraining();

    /**
     * Options of the JVM that runs the model, such as {@code -Xmx4g}.
     *
     * @return the property
     */
    public abstract ListProperty<String> getJvmOptions();

    /**
     * The samples that the ranges of activations are chosen from.
     *
     * @return the samples
     */
    public SampleSource getData() {
        return data;
    }

    /**
     * Configures {@link #getData()}.
     *
     * @param action what to set
     */
    public void data(Action<? super SampleSource> action) {
        action.execute(data);
    }

    /**
     * The labelled samples of evaluation; those of the quantization where none are named.
     *
     * @return the samples
     */
    public SampleSource getEvaluationData() {
        return evaluationData;
    }

    /**
     * Configures {@link #getEvaluationData()}.
     *
     * @param action what to set
     */
    public void evaluationData(Action<? super SampleSource> action) {
        action.execute(evaluationData);
    }
}
