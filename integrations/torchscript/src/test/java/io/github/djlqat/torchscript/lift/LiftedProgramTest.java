package io.github.djlqat.torchscript.lift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.torchscript.TestModels;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.DictionaryValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.TupleValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs written by hand: what they compute, and how they are refused. */
class LiftedProgramTest {

    private final NDManager manager = Engine.getEngine("PyTorch").newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** An archive of a module without attributes. */
    private static TorchScriptArchive program(String body, String functions) {
        return program(body, functions, 6);
    }

    private static TorchScriptArchive program(String body, String functions, int version) {
        StringBuilder source =
                new StringBuilder("class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n")
                        .append("  def forward(self: __torch__.M,\n    x: Tensor) -> ")
                        .append(body.contains("return [") ? "List[Tensor]" : "Tensor")
                        .append(":\n");
        body.lines().forEach(line -> source.append("    ").append(line).append('\n'));
        source.append(functions);
        ObjectValue module = new ObjectValue("__torch__.M", new DictionaryValue(List.of()));
        return TorchScriptArchive.create("m")
                .withData(module)
                .with("code/__torch__.py", source.toString())
                .withConstants(new TupleValue(List.of()))
                .with("version", version + "\n");
    }

    private Block lift(String body) {
        return TorchScriptLifter.create().lift(program(body, ""), manager);
    }

    private NDList run(Block block, NDList inputs) {
        return block.forward(new ParameterStore(manager, false), inputs, false);
    }

    private NDArray matrix() {
        return manager.arange(12f).reshape(3, 4).sub(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // A view sees what is written through another one.
                "y = torch.clone(x)\nz = torch.slice(y, 0, 1, 3)\n_0 = torch.mul_(torch.select(y, 1, 1), 10)\n"
                        + "return [z, y]",
                "y = torch.clone(x)\nz = torch.t(y)\n_0 = torch.add_(torch.slice(z, 0, 1, 2), 3)\n_1 = torch.relu_(y)\n"
                        + "return [z, y]",
                "y = torch.clone(x)\na, b, = torch.chunk(y, 2, 1)\n_0 = torch.fill_(a, 2)\n"
                        + "_1 = torch.copy_(b, torch.neg(a))\nreturn [y, a, b]",
                "y = torch.clone(x)\nz = torch.unsqueeze(torch.transpose(y, 0, 1), 1)\n_0 = torch.exp_(y)\n"
                        + "return [torch.squeeze(z, 1), y]",
                "y = torch.clone(x)\n_0 = torch.zero_(torch.select(torch.select(y, 0, -1), 0, -2))\nreturn y",
                // Numbers beside arrays do not widen them, floats make floats of ints.
                "n = torch.to(x, 4)\nreturn [torch.mul(n, 2), torch.mul(n, 0.5), torch.div(n, 2), torch.rsub(n, 1)]",
                "n = torch.to(x, 4)\nreturn [torch.remainder(n, 3), torch.floor_divide(n, 3), torch.pow(n, 2)]",
                "return [torch.gt(x, 0), torch.sum(torch.gt(x, 0)), torch.mean(x), torch.sum(x, [0, 1])]",
                "return [torch.remainder(x, -0.7), torch.fmod(x, 0.7), torch.div(x, 0.3, rounding_mode=\"trunc\")]",
                // Norms of weights, and by the statistics of what is there.
                "return [torch._weight_norm(x, torch.sum(x, [1], True)), torch._weight_norm(x, torch.sum(x, [0], True), 1)]",
                "return torch.batch_norm(x, None, torch.select(x, 0, 1), None, None, True, 0., 0.001, True)",
                "return torch.mul(x, torch.sum([1, 2, 3]))",
                // Control flow.
                "s = 0\nfor i in range(torch.size(x, 1)):\n  s = torch.add(s, torch.mul(i, i))\nreturn torch.add(x, s)",
                "l = annotate(List[Tensor], [])\nfor i in range(3):\n  _0 = torch.append(l, torch.select(x, 0, i))\n"
                        + "return torch.stack(torch.slice(l, 1), -1)",
                "if torch.gt(torch.dim(x), 5):\n  y = torch.nothing(x)\nelse:\n  y = torch.neg(x)\nreturn y",
                "i = 5\nwhile torch.gt(i, 2):\n  i = torch.sub(i, 1)\nreturn torch.expand(x, [i, -1, -1])",
                "return torch.add(x, torch.floordiv(-7, 2) if True else 1)",
                "if bool(torch.gt(torch.max(x), 3.)):\n  y = torch.relu(x)\nelse:\n  y = x\nreturn y",
            })
    void computesWhatTheEngineDoes(String body) throws IOException, MalformedModelException {
        compare(body, 6);
    }

    /** Archives of version 3 divide ints as in C. */
    @Test
    void oldArchivesKeepTheirDivision() throws IOException, MalformedModelException {
        compare(
                "n = torch.to(x, 4)\nreturn [torch.div(n, 2), torch.div(n, 0.5), torch.div(x, 2)]",
                3);
    }

    private void compare(String body, int version) throws IOException, MalformedModelException {
        TorchScriptArchive archive = program(body, "", version);
        try (Model model = Model.newInstance("m", "PyTorch")) {
            // What is not run is not looked up, but the engine compiles all of it.
            TorchScriptArchive compiled = program(body.replace("nothing", "relu"), "", version);
            model.load(new ByteArrayInputStream(compiled.toByteArray()));
            NDList expected =
                    model.getBlock()
                            .forward(
                                    new ParameterStore(manager, false),
                                    new NDList(matrix()),
                                    false);
            NDList found =
                    run(TorchScriptLifter.create().lift(archive, manager), new NDList(matrix()));
            assertThat(found.getShapes()).isEqualTo(expected.getShapes());
            for (int i = 0; i < expected.size(); i++) {
                assertThat(TorchScriptLifterTest.difference(expected.get(i), found.get(i)))
                        .isLessThanOrEqualTo(1e-6);
            }
        }
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(
                        "while True:\n  y = torch.add(1, 1)\nreturn x", "more than 1000000 steps"),
                Arguments.of(
                        "for i in range(1000000000000):\n  y = 1\nreturn x",
                        "more than 1000000 steps"),
                Arguments.of("return __torch__.f(x, )", "nested more than 800 deep"),
                Arguments.of(
                        "l = [1, 2]\nwhile True:\n  l = torch.add(l, l)\nreturn x",
                        "legal are at most 1000000"),
                Arguments.of(
                        "l = torch.mul([1, 2], 600000)\nreturn x", "legal are at most 1000000"),
                Arguments.of(
                        "y = x\nwhile True:\n  y = torch.cat([y, y])\nreturn y",
                        "more than 67108864 elements"),
                Arguments.of(
                        "return torch.zeros([100000, 100000, 100000, 100000, 100000])",
                        "more than 67108864 elements"),
                Arguments.of("return torch.zeros([2, -1])", "negative size"),
                Arguments.of("return torch.expand(x, [1000000, 1000000, 3, 4])", "elements"),
                Arguments.of("return torch.max_pool2d(x, [2, 2], [0, 0])", "kernel"),
                Arguments.of("return torch.conv2d(x, x)", "weight"),
                Arguments.of("return torch.linear(x, torch.t(x), None)", "(3, 4)"),
                Arguments.of("return torch.select(x, 0, 3)", "the position is 3"),
                Arguments.of("return torch.reshape(x, [5, -1])", "reshaped"),
                Arguments.of("return torch.softmax(x, 2)", "-2 to 1 are legal"),
                Arguments.of(
                        "l = annotate(List[Tensor], [])\n_0 = torch.append(l, l)\nreturn l",
                        "itself"),
                Arguments.of("return torch.floordiv(1, 0)", "divides by 0"),
                Arguments.of("return torch.to(x, 15)", "float32 (6)"),
                Arguments.of("return self.w", "no attribute w"),
                Arguments.of("self.w = x\nreturn x", "next run"),
                Arguments.of("return undefined", "has no value"),
                Arguments.of("while True:\n  break\nreturn x", "breaks off a loop"),
                Arguments.of("a, b, c, = torch.chunk(x, 2)\nreturn a", "taken apart into 3"),
                Arguments.of("return 5", "legal are tensors"),
                Arguments.of(
                        "y = torch.reshape(x, [4, 3])\n_0 = torch.add_(x, 1)\nreturn torch.neg(y)",
                        "changed in place"),
                Arguments.of(
                        "ops.prim.RaiseException(\"no good\", \"builtins.ValueError\")\nreturn x",
                        "no good"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesWhatDoesNotEndOrFit(String body, String reason) {
        String functions = "def f(x: Tensor) -> Tensor:\n  return __torch__.f(x, )\n";
        Block block =
                TorchScriptLifter.create()
                        .withLimits(new LiftLimits(1_000_000, 800, 1 << 26))
                        .lift(program(body, functions), manager);
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () ->
                        assertThatThrownBy(() -> run(block, new NDList(matrix())))
                                .isInstanceOf(TorchScriptException.class)
                                .hasMessageContaining(reason));
    }

    @Test
    void namesPlaceAndLegalOperations() {
        Block block = lift("y = torch.relu(x)\nz = torch.einsum(\"ij,jk->ik\", [y, y])\nreturn z");
        assertThatThrownBy(() -> run(block, new NDList(matrix())))
                .hasMessageContaining(
                        "__torch__.py:7: M.forward of the root module cannot run torch.einsum")
                .hasMessageContaining("has no form in DJL")
                .hasMessageContaining("addcdiv, addcmul, addmm");
    }

    @Test
    void saysHowFusedLayersAreTracedApart() {
        Block block = lift("return torch._transformer_encoder_layer_fwd(x)");
        assertThatThrownBy(() -> run(block, new NDList(matrix())))
                .hasMessageContaining("torch.backends.mha.set_fastpath_enabled(False)");
    }

    @Test
    void conditionsOfElementsRunButAreNotTraced() {
        Block block =
                lift(
                        "if bool(torch.gt(torch.max(x), 3.)):\n  y = torch.relu(x)\nelse:\n  y = torch.neg(x)\nreturn y");
        NDArray small = matrix().div(10);
        assertThat(run(block, new NDList(small)).singletonOrThrow()).isEqualTo(small.neg());
        assertThatThrownBy(() -> GraphTracer.trace(block, manager, new NDList(matrix())))
                .hasMessageContaining("__torch__.py:6: M.forward")
                .hasMessageContaining("depends on the model's inputs");
    }

    @Test
    void refusesTypesThatDjlLacks() {
        assertThatThrownBy(
                        () ->
                                TorchScriptLifter.create()
                                        .lift(TestModels.small("attributes"), manager))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("of_bfloat16")
                .hasMessageContaining("BFloat16Storage")
                .hasMessageContaining("legal are");
    }

    @Test
    void parametersHaveTheNamesOfTheStateDictionary() throws IOException {
        Block mlp =
                TorchScriptLifter.create()
                        .lift(TestModels.resource("/lift").resolve("mlp_script.pt"), manager);
        assertThat(mlp.getParameters().keys())
                .containsExactly(
                        "hidden.weight",
                        "hidden.bias",
                        "norm.weight",
                        "norm.bias",
                        "norm.running_mean",
                        "norm.running_var",
                        "norm.num_batches_tracked",
                        "out.weight",
                        "out.bias");
        Block words =
                TorchScriptLifter.create()
                        .lift(TestModels.resource("/lift").resolve("words_trace.pt"), manager);
        // The output's weight is the embedding's.
        assertThat(words.getParameters().keys()).containsExactly("positions", "embedding.weight");
    }

    /** The gradient is that of the loss, by differences of it. */
    @Test
    void gradientsReachTheParameters() throws IOException {
        Block block =
                TorchScriptLifter.create()
                        .lift(TestModels.resource("/lift").resolve("attention_script.pt"), manager);
        block.initialize(manager, DataType.FLOAT32, new Shape(2, 5, 16));
        NDList data = TorchScriptLifterTest.inputs(manager, "gaussian 5 16", 2);
        Parameter weight = block.getParameters().get("qkv.weight");
        NDArray direction = manager.randomNormal(weight.getShape());
        float expected;
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            collector.backward(loss(block, data, true));
            expected = weight.getArray().getGradient().mul(direction).sum().getFloat();
        }
        float step = 1e-3f;
        weight.getArray().setRequiresGradient(false);
        weight.getArray().addi(direction.mul(step));
        float above = loss(block, data, false).getFloat();
        weight.getArray().subi(direction.mul(2 * step));
        float below = loss(block, data, false).getFloat();
        float slope = (above - below) / (2 * step);
        assertThat(slope).isCloseTo(expected, org.assertj.core.api.Assertions.withinPercentage(1));
    }

    private NDArray loss(Block block, NDList data, boolean training) {
        return block.forward(new ParameterStore(manager, false), data, training)
                .singletonOrThrow()
                .square()
                .sum();
    }

    @Test
    void forwardKeepsNoMemory() throws IOException {
        Block block =
                TorchScriptLifter.create()
                        .lift(TestModels.resource("/lift").resolve("slices_script.pt"), manager);
        int before = manager.getManagedArrays().size();
        for (int i = 0; i < 5; i++) {
            try (NDManager scope = manager.newSubManager()) {
                NDList data = TorchScriptLifterTest.inputs(scope, "gaussian 8 6", 2);
                block.forward(new ParameterStore(scope, false), data, false);
            }
        }
        assertThat(manager.getManagedArrays()).hasSize(before);
    }
}
