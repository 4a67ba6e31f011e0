package io.github.djlqat.fakequant;

import static io.github.djlqat.fakequant.TestBlocks.convolutional;
import static io.github.djlqat.fakequant.TestBlocks.eval;
import static io.github.djlqat.fakequant.TestBlocks.linear;
import static io.github.djlqat.fakequant.TestBlocks.random;
import static io.github.djlqat.fakequant.TestBlocks.randomize;
import static io.github.djlqat.fakequant.TestBlocks.trainingStep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.util.Pair;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.recipe.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Prepared models under interceptors of the caller's. */
class CompositionTest {

    private static final Shape IMAGE = new Shape(4, 2, 6, 6);
    private static final Interceptor PASSES = call -> call.proceed();

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private QuantizedBlock prepare(Recipe recipe) {
        Block block = convolutional();
        block.initialize(manager, DataType.FLOAT32, IMAGE);
        randomize(block, manager, 1);
        QuantizedBlock prepared = Quantization.prepare(block, manager, recipe, IMAGE);
        Quantization.calibrate(prepared, manager, List.of(new NDList(random(manager, 2, IMAGE))));
        return prepared;
    }

    static Stream<Named<Recipe>> recipes() {
        return Stream.of(
                Named.of("observed", Recipes.of(Recipes.PER_CHANNEL, Recipes.UINT8, Recipes.UINT8)),
                Named.of(
                        "folded, full range",
                        Recipes.of(Recipes.FULL_RANGE, Recipes.UINT8, Recipes.UINT8)),
                Named.of(
                        "learned",
                        Recipes.of(Recipes.LSQ_WEIGHTS, Recipes.LSQ_UINT4, Recipes.UINT8)));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void trainsUnderOtherInterceptorsAsItDoesAlone(Recipe recipe) {
        QuantizedBlock alone = prepare(recipe);
        QuantizedBlock inner = prepare(recipe);
        List<String> seen = new ArrayList<>();
        Interceptor recorder =
                call -> {
                    seen.add(call.site().toString());
                    return call.proceed();
                };
        Block outer = new InterceptedBlock(new InterceptedBlock(inner, recorder), PASSES);
        for (int step = 0; step < 3; step++) {
            NDArray x = random(manager, 3 + step, IMAGE);
            trainingStep(alone, manager, x, 0.05f);
            trainingStep(outer, manager, x, 0.05f);
        }
        assertThat(values(inner)).isEqualTo(values(alone));
        assertThat(seen)
                .contains("01Conv2d (convolution)", "04Conv2d (convolution)", "09Linear (linear)");
        NDArray x = random(manager, 9, IMAGE);
        float[] expected = eval(alone, manager, x).toFloatArray();
        assertThat(eval(outer, manager, x).toFloatArray()).isEqualTo(expected);
        Block converted = Quantization.convert(inner).block();
        assertThat(eval(new InterceptedBlock(converted, PASSES), manager, x).toFloatArray())
                .isEqualTo(eval(converted, manager, x).toFloatArray());
    }

    private static Map<String, List<Float>> values(Block block) {
        Map<String, List<Float>> values = new LinkedHashMap<>();
        for (Pair<String, Parameter> pair : block.getParameters()) {
            List<Float> list = new ArrayList<>();
            for (float value : pair.getValue().getArray().toFloatArray()) {
                list.add(value);
            }
            values.put(pair.getKey(), list);
        }
        return values;
    }

    @Test
    void outerInterceptorsSeeTheFakeQuantizedArguments() {
        QuantizedBlock prepared =
                prepare(Recipes.of(Recipes.PER_TENSOR, Recipes.LSQ_UINT4, Recipes.UINT8));
        Map<String, Integer> levels = new LinkedHashMap<>();
        Interceptor counts =
                call -> {
                    if (call.op().equals("convolution")) {
                        levels.put(call.site().name(), levels(call.arguments().get(1)));
                    }
                    return call.proceed();
                };
        eval(new InterceptedBlock(prepared, counts), manager, random(manager, 3, IMAGE));
        assertThat(levels).containsOnlyKeys("01Conv2d", "04Conv2d");
        assertThat(levels.values()).allMatch(count -> count > 2 && count <= 16);
    }

    private static int levels(@Nullable Object argument) {
        TreeSet<Float> distinct = new TreeSet<>();
        for (float value : ((NDArray) argument).toFloatArray()) {
            distinct.add(value + 0f);
        }
        return distinct.size();
    }

    @Test
    void aFakeQuantizerByHandIsPartOfAnInterceptedBlock() {
        FakeQuantize quantizer = FakeQuantize.builder(Recipes.UINT8).optName("input").build();
        Block block = new SequentialBlock().add(quantizer).add(linear(3));
        Shape shape = new Shape(4, 5);
        block.initialize(manager, DataType.FLOAT32, shape);
        NDArray x = random(manager, 3, shape);
        trainingStep(new InterceptedBlock(block, PASSES), manager, x, 0.05f);
        assertThat(quantizer.isCalibrated()).isTrue();
        assertThat(eval(new InterceptedBlock(block, PASSES), manager, x).toFloatArray())
                .isEqualTo(eval(block, manager, x).toFloatArray());
    }

    @Test
    void recordingAPreparedModelIsRefused() {
        QuantizedBlock prepared =
                prepare(Recipes.of(Recipes.PER_CHANNEL, Recipes.UINT8, Recipes.UINT8));
        NDList input = new NDList(random(manager, 3, IMAGE));
        assertThatThrownBy(() -> GraphTracer.trace(prepared, manager, input))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("FakeQuantize(input0")
                .hasMessageContaining("cannot be recorded");
    }
}
