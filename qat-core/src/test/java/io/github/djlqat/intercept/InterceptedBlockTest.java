package io.github.djlqat.intercept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.SymbolBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InterceptedBlockTest {

    private NDManager manager;
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final Interceptor recorder =
            call -> {
                seen.add(call.site().toString());
                return call.proceed();
            };

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static Block lambda(Function<NDArray, NDArray> function) {
        return LambdaBlock.singleton(function);
    }

    private static Linear linear(int units) {
        return Linear.builder().setUnits(units).build();
    }

    private NDArray run(Block block, boolean training, float... values) {
        NDList input = new NDList(manager.create(values));
        return block.forward(new ParameterStore(manager, false), input, training).head();
    }

    private NDArray run(Function<NDArray, NDArray> function, float... values) {
        return run(new InterceptedBlock(lambda(function), recorder), false, values);
    }

    @Test
    void interceptorsRunOutermostFirstAndSeeWhatTheInnerOnesReturn() {
        List<String> order = new ArrayList<>();
        Interceptor outer =
                call -> {
                    order.add("outer " + call.op());
                    NDArray result = call.proceed().head();
                    order.add("back");
                    return new NDList(result.mul(10));
                };
        Interceptor inner =
                call -> {
                    order.add("inner " + call.op());
                    return new NDList(call.proceed().head().add(1));
                };
        NDArray result = run(new InterceptedBlock(lambda(NDArray::square), outer, inner), false, 3);
        assertThat(result.toFloatArray()).containsExactly(100);
        assertThat(order).containsExactly("outer square", "inner square", "back");
    }

    @Test
    void changedArgumentsTakeEffect() {
        Interceptor doubles =
                call -> {
                    List<@Nullable Object> arguments = new ArrayList<>(call.arguments());
                    arguments.set(0, ((NDArray) arguments.get(0)).mul(2));
                    arguments.set(1, 5);
                    return call.proceed(arguments);
                };
        NDArray result = run(new InterceptedBlock(lambda(x -> x.add(1)), doubles), false, 3);
        assertThat(result.toFloatArray()).containsExactly(11);
        Interceptor drops = call -> call.proceed(List.of());
        assertThatThrownBy(() -> run(new InterceptedBlock(lambda(x -> x.add(1)), drops), false, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("add takes 2 arguments, not 0");
    }

    @Test
    void arraysMadeInTheBlockAreSeen() {
        NDArray result =
                run(
                        x -> {
                            NDManager inner = x.getManager().newSubManager();
                            NDArray ones = inner.ones(x.getShape()).add(x);
                            NDArray parents =
                                    inner.getParentManager().create(new float[] {1, 2}).add(x);
                            return inner.zeros(x.getShape()).concat(ones).concat(parents);
                        },
                        3,
                        4);
        assertThat(result.toFloatArray()).containsExactly(0, 0, 4, 5, 4, 6);
        assertThat(seen)
                .containsExactly("ones", "add", "create", "add#2", "zeros", "concat", "concat#2");
    }

    @Test
    void arraysWithinIndicesListsAndVarargsAreUnwrapped() {
        NDArray result =
                run(
                        x -> {
                            NDArray last = x.argSort().get(new NDIndex("2:"));
                            NDArray taken = x.get(new NDIndex("{}", last));
                            NDArray masked = x.get(new NDIndex("{}", x.gt(1)));
                            NDArray stacked = NDArrays.stack(new NDList(taken, taken));
                            return NDArrays.concat(new NDList(stacked.flatten(), masked))
                                    .add(NDArrays.add(taken.sum(), taken.sum(), taken.sum()));
                        },
                        5,
                        1,
                        7);
        assertThat(result.toFloatArray()).containsExactly(28, 28, 26, 28);
    }

    @Test
    void operationsInPlaceReturnTheArrayTheyAreCalledOn() {
        NDArray result =
                run(
                        x -> {
                            NDArray y = x.mul(1);
                            assertThat(y.addi(2)).isSameAs(y);
                            assertThat(y.muli(x)).isSameAs(y);
                            assertThat(y.getNDArrayInternal().rsubi(100)).isSameAs(y);
                            y.set(new NDIndex("0"), -1);
                            return y;
                        },
                        3,
                        4);
        assertThat(result.toFloatArray()).containsExactly(-1, 76);
        assertThat(seen).containsExactly("mul", "addi", "muli", "rsubi", "set");
    }

    /** The array that takes the receiver's place may be in use elsewhere. */
    @Test
    void aReplacedReceiverIsNotChangedAndTheResultIsSeenByTheArrayItself() {
        List<NDArray> replacements = new ArrayList<>();
        Interceptor replaces =
                call -> {
                    if (!call.isInPlace()) {
                        return call.proceed();
                    }
                    List<@Nullable Object> arguments = new ArrayList<>(call.arguments());
                    NDArray replacement = ((NDArray) arguments.get(0)).mul(10);
                    replacements.add(replacement);
                    arguments.set(0, replacement);
                    return call.proceed(arguments);
                };
        Block block =
                lambda(
                        x -> {
                            NDArray y = x.add(1);
                            NDArray same = y;
                            y.addi(5);
                            y.getNDArrayInternal().rsubi(1);
                            return same;
                        });
        NDArray result = run(new InterceptedBlock(block, replaces), false, 3);
        // (3 + 1) * 10 + 5, then 1 - 45 * 10
        assertThat(result.toFloatArray()).containsExactly(-449);
        assertThat(replacements.get(0).toFloatArray()).containsExactly(40);
        Block writes =
                lambda(
                        x -> {
                            x.set(new NDIndex("0"), 1);
                            return x;
                        });
        assertThatThrownBy(() -> run(new InterceptedBlock(writes, replaces), false, 3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("set writes into its array");
    }

    @Test
    void aPlainReceiverOfAComputedArgumentIsRefusedInTraining() {
        NDArray outside = manager.create(new float[] {1});
        Block block = new InterceptedBlock(lambda(outside::add), recorder);
        assertThatThrownBy(() -> run(block, true, 3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cuts its gradient")
                .hasMessageContaining("(1)");
        assertThat(run(block, false, 3).toFloatArray()).containsExactly(4);
    }

    @Test
    void nestedTorchScriptBlocksAreRefused() {
        Block block =
                new SequentialBlock()
                        .add(linear(2))
                        .add(new SequentialBlock().add(SymbolBlock.newInstance(manager)));
        assertThatThrownBy(() -> new InterceptedBlock(block, recorder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("02SequentialBlock/01PtSymbolBlock");
    }

    @Test
    void nestedInterceptionsEachSeeTheOperations() {
        List<String> inside = new ArrayList<>();
        Linear layer = linear(1);
        Block inner =
                new InterceptedBlock(
                        layer,
                        call -> {
                            inside.add(call.site().toString());
                            return call.proceed();
                        });
        Block block =
                new InterceptedBlock(
                        new SequentialBlock().add(inner).add(lambda(x -> x.addi(1).square())),
                        recorder);
        block.initialize(manager, DataType.FLOAT32, new Shape(2, 3));
        ParameterStore store = new ParameterStore(manager, false);
        NDList input = new NDList(manager.ones(new Shape(2, 3)));
        NDArray expected = layer.forward(store, input, false).head().add(1).square();
        assertThat(block.forward(store, input, false).head().toFloatArray())
                .isEqualTo(expected.toFloatArray());
        assertThat(inside).containsExactly("linear");
        assertThat(seen).containsExactly("01InterceptedBlock (linear)", "addi", "square");
    }

    @Test
    void sitesAreTheSameInEveryForwardAndCountUsesOfAWeight() {
        Linear shared = linear(3);
        Block block =
                new InterceptedBlock(
                        new SequentialBlock()
                                .add(shared)
                                .add(lambda(x -> x.add(1)))
                                .add(shared)
                                .add(lambda(x -> x.add(2))),
                        recorder);
        block.initialize(manager, DataType.FLOAT32, new Shape(2, 3));
        ParameterStore store = new ParameterStore(manager, false);
        for (int i = 0; i < 2; i++) {
            block.forward(store, new NDList(manager.ones(new Shape(2 + i, 3))), i == 1);
        }
        assertThat(seen.subList(0, 4))
                .containsExactly("01Linear (linear)", "add", "01Linear#2 (linear)", "add#2")
                .isEqualTo(seen.subList(4, 8));
    }

    @Test
    void manyThreadsRunForwardsOfOneBlock() throws Exception {
        Block block =
                new InterceptedBlock(
                        lambda(x -> x.mul(2).add(x.getManager().ones(x.getShape()))), recorder);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int value = i;
                results.add(
                        threads.submit(
                                () -> {
                                    try (NDManager own = NDManager.newBaseManager()) {
                                        NDList x = new NDList(own.create(new float[] {value}));
                                        return block.forward(
                                                        new ParameterStore(own, false), x, false)
                                                .head()
                                                .toFloatArray();
                                    }
                                }));
            }
            for (int i = 0; i < 40; i++) {
                assertThat(results.get(i).get()).containsExactly(2 * i + 1);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(seen).hasSize(120).containsOnly("mul", "ones", "add");
    }

    @Test
    void exceptionsKeepTheirType() {
        List<Function<NDArray, NDArray>> failing =
                List.of(
                        x -> x.reshape(7),
                        x -> x.get(new NDIndex("0, 0, 0")),
                        x -> x.getManager().create(new int[] {1, 2}, new Shape(3)),
                        x -> x.toType(DataType.FLOAT32, true).get(new NDIndex("a")));
        for (Function<NDArray, NDArray> function : failing) {
            Throwable plain = catchThrowable(() -> run(lambda(function), false, 1));
            assertThatThrownBy(() -> run(function, 1))
                    .isExactlyInstanceOf(plain.getClass())
                    .hasMessage(plain.getMessage());
        }
        Interceptor fails =
                call -> {
                    throw new ArithmeticException("of the interceptor");
                };
        assertThatThrownBy(() -> run(new InterceptedBlock(lambda(NDArray::exp), fails), false, 1))
                .isInstanceOf(ArithmeticException.class)
                .hasMessage("of the interceptor");
    }

    /** Adds its labels to its input. */
    private static final class Labelled extends AbstractBlock {
        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            return inputs;
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList data, NDList labels, PairList<String, Object> params) {
            return new NDList(data.head().add(labels.head()));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] shapes) {
            return shapes;
        }
    }

    @Test
    void labelsReachTheBlock() {
        Block block = new InterceptedBlock(new Labelled(), recorder);
        NDList result =
                block.forward(
                        new ParameterStore(manager, false),
                        new NDList(manager.create(new float[] {1})),
                        new NDList(manager.create(new float[] {2})),
                        null);
        assertThat(result.head().toFloatArray()).containsExactly(3);
    }

    @Test
    void parametersAreThoseOfThePlainModelInBothDirections() throws Exception {
        SequentialBlock plain = new SequentialBlock().add(linear(3)).add(linear(2));
        plain.initialize(manager, DataType.FLOAT32, new Shape(1, 4));
        SequentialBlock other = new SequentialBlock().add(linear(3)).add(linear(2));
        InterceptedBlock wrapped = new InterceptedBlock(other, recorder);
        wrapped.initialize(manager, DataType.FLOAT32, new Shape(1, 4));
        assertThat(wrapped.getParameters().keys()).isEqualTo(plain.getParameters().keys());
        assertThat(save(wrapped)).isNotEqualTo(save(plain));
        load(wrapped, save(plain));
        assertThat(Arrays.mismatch(save(wrapped), save(plain))).isEqualTo(-1);
        wrapped.getParameters().valueAt(0).getArray().addi(1);
        load(plain, save(wrapped));
        assertThat(Arrays.mismatch(save(wrapped), save(plain))).isEqualTo(-1);
    }

    private static byte[] save(Block block) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        block.saveParameters(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private void load(Block block, byte[] bytes) throws Exception {
        block.loadParameters(manager, new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}
