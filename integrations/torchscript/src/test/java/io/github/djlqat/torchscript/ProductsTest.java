package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.Rule;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that multiply in unusual ways; see {@code make_products.py} beside them. */
class ProductsTest {

    @TempDir private Path folder;

    /** Each model runs a few times only, and optimizing it first takes longer than that. */
    @BeforeAll
    static void runUnoptimized() {
        Engine.getEngine("PyTorch");
        JniUtils.setGraphExecutorOptimize(false);
    }

    @AfterAll
    static void runOptimized() {
        JniUtils.setGraphExecutorOptimize(true);
    }

    static Stream<Path> models() {
        try (Stream<Path> files =
                Files.list(
                        Path.of(
                                Objects.requireNonNull(ProductsTest.class.getResource("/products"))
                                        .toURI()))) {
            return files.filter(file -> file.toString().endsWith(".pt")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static float[] run(Model model) {
        try (NDManager manager = model.getNDManager().newSubManager()) {
            return model.getBlock()
                    .forward(new ParameterStore(manager, false), input(manager), false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    private static NDList input(NDManager manager) {
        manager.getEngine().setRandomSeed(3);
        NDArray x = manager.randomNormal(new Shape(4, 6));
        return new NDList(x);
    }

    @ParameterizedTest
    @MethodSource("models")
    void quantizedModelsComputeNearlyTheSame(Path file) throws IOException {
        Recipe int8 = Presets.named("int8");
        Recipe recipe =
                int8.withRules(
                        List.of(new Rule(null, "matMul", null, false, null, int8.activations())));
        Path prepared = folder.resolve("prepared.pt");
        Path converted = folder.resolve("converted.pt");
        TorchScriptArchive original = TorchScriptArchive.read(file);
        TorchScriptArchive rewritten = TorchScriptQuantization.prepare(original, recipe);
        rewritten.write(prepared);
        assertThat(quantizers(rewritten)).isPositive();
        try (Model plain = TorchScriptQuantization.load(file);
                Model model = TorchScriptQuantization.load(prepared)) {
            float[] expected = run(plain);
            assertThat(run(model)).isEqualTo(expected);
            try (NDManager manager = model.getNDManager().newSubManager()) {
                TorchScriptQuantization.calibrate(model, List.of(input(manager)));
            }

            float[] quantized = run(model);

            assertThat(quantized).isNotEqualTo(expected);
            assertThat(signalToNoise(expected, quantized)).isGreaterThan(20);
            TorchScriptQuantization.convert(model).write(converted);
            try (Model loaded = TorchScriptQuantization.load(converted)) {
                assertThat(run(loaded)).isEqualTo(quantized);
            }
        }
    }

    private static int quantizers(TorchScriptArchive archive) {
        return QuantizerState.all(archive.data()).size();
    }

    private static double signalToNoise(float[] expected, float[] actual) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < expected.length; i++) {
            signal += expected[i] * expected[i];
            noise += Math.pow(expected[i] - actual[i], 2);
        }
        return 10 * Math.log10(signal / noise);
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatIsNotQuantizedStaysByteForByte(Path file) throws IOException {
        TorchScriptArchive original = TorchScriptArchive.read(file);

        TorchScriptArchive prepared =
                TorchScriptQuantization.prepare(original, Presets.named("int8"));

        List<String> changed = new ArrayList<>();
        for (String name : original.names()) {
            if (!Arrays.equals(original.bytes(name), prepared.bytes(name))) {
                changed.add(name);
            }
        }
        assertThat(changed)
                .contains("data.pkl")
                .allMatch(name -> name.equals("data.pkl") || name.endsWith(".py"));
        for (String name : changed) {
            if (name.endsWith(".py")) {
                List<String> before = original.text(name).lines().toList();
                List<String> after = withoutDeclarations(prepared.text(name)).lines().toList();
                assertThat(after).hasSameSizeAs(before);
                for (int i = 0; i < before.size(); i++) {
                    if (!after.get(i).contains("__torch__.djlqat.functions")) {
                        assertThat(withoutQuantizers(after.get(i))).isEqualTo(before.get(i));
                    }
                }
            }
        }
    }

    private static String withoutDeclarations(String text) {
        String[] methods = text.split("(?m)(?=^ *def )");
        StringBuilder kept = new StringBuilder();
        for (String method : methods) {
            if (!method.stripLeading().startsWith("def quantizer_")) {
                kept.append(method);
            } else if (method.contains("\nclass ")) {
                kept.append(method.substring(method.indexOf("\nclass ") + 1));
            }
        }
        return kept.toString().replaceAll("(?m)^ *\\w+ : __torch__\\.djlqat\\.FakeQuantize\n", "");
    }

    private static String withoutQuantizers(String line) {
        Matcher call = Pattern.compile("\\(\\w+\\.\\w*quantizer\\w*\\)\\.forward\\(").matcher(line);
        if (!call.find()) {
            Matcher list = Pattern.compile("\\[(\\(\\w+\\)\\[\\d+\\](, )?)+\\]").matcher(line);
            return list.find()
                    ? list.replaceFirst(list.group().replaceAll("^\\[\\((\\w+)\\).*", "$1"))
                    : line;
        }
        int depth = 1;
        int end = call.end();
        while (depth > 0) {
            char c = line.charAt(end++);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        String inside = line.substring(call.end(), end - ", )".length());
        return withoutQuantizers(line.substring(0, call.start()) + inside + line.substring(end));
    }
}
