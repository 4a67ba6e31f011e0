package io.github.djlqat.samples.quickstart;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.loss.Loss;
import java.nio.file.Path;
import java.util.List;

/** What the README's snippets leave to their reader to have. */
@SuppressWarnings("unused")
abstract class ReadmeContext {

    Path folder = Path.of("");
    int epochs = 1;
    Dataset trainingSet;
    Dataset validationSet;
    DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
    Block block = new MyNetwork();
    Loss loss = Loss.softmaxCrossEntropyLoss();
    Model model = Model.newInstance("classifier");
    Shape input = new Shape(1, 3, 32, 32);
    ParameterStore parameters = new ParameterStore();
    List<NDList> batches = List.of();

    static final class MyNetwork extends SequentialBlock {}
}
