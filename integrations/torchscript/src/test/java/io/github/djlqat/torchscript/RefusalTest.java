package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be quantized is refused with its place. */
class RefusalTest {

    private static final String SOURCE = "code/__torch__.py";

    @TempDir private Path folder;

    private static TorchScriptArchive model() throws IOException {
        try {
            return TorchScriptArchive.read(
                    Path.of(
                            Objects.requireNonNull(
                                            RefusalTest.class.getResource(
                                                    "/products/functions_scripted.pt"))
                                    .toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TorchScriptArchive edited(String from, String to) throws IOException {
        TorchScriptArchive model = model();
        return model.with(SOURCE, model.text(SOURCE).replace(from, to));
    }

    @Test
    void preparedModelIsNotPreparedAgain() throws IOException {
        TorchScriptArchive prepared =
                TorchScriptQuantization.prepare(model(), Presets.named("int8"));

        assertThatThrownBy(() -> TorchScriptQuantization.prepare(prepared, Presets.named("int8")))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("has quantizers already");
    }

    @Test
    void otherFormatsAreNamedWithTheirLayer() {
        assertThatThrownBy(
                        () -> TorchScriptQuantization.prepare(model(), Presets.named("fp8-e4m3")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("first input")
                .hasMessageContaining("integer formats");
    }

    @Test
    void brokenSourceIsNamedWithItsLine() throws IOException {
        TorchScriptArchive broken = edited("return _1", "return (_1");

        assertThatThrownBy(() -> TorchScriptQuantization.prepare(broken, Presets.named("int8")))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageMatching("__torch__\\.py:\\d+: .*");
    }

    @Test
    void fusedOperationIsNamedWithItsCall() throws IOException {
        TorchScriptArchive fused =
                edited("torch.linear(x, weight)", "torch.einsum(\"\", [weight])");

        assertThatThrownBy(() -> TorchScriptQuantization.prepare(fused, Presets.named("int8")))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("__torch__.py:")
                .hasMessageContaining("(affine): torch.einsum(\"\", [weight])")
                .hasMessageContaining("a rule that excludes the layer");
    }

    @Test
    void whatTheEngineRefusesIsOurException() throws IOException {
        Path file = folder.resolve("unknown.pt");
        edited("torch.linear(x, weight)", "torch.no_such_function(x, weight)").write(file);

        assertThatThrownBy(() -> TorchScriptQuantization.load(file))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("unknown.pt")
                .hasMessageContaining("no_such_function");
    }

    @Test
    void recursionOfFunctionsEnds() throws IOException {
        TorchScriptArchive endless =
                edited("__torch__.affine(x, weight, None, )", "__torch__.twice(x, weight, )");

        assertThatThrownBy(() -> TorchScriptQuantization.prepare(endless, Presets.named("int8")))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("cannot be followed");
    }

    @Test
    void unpreparedModelIsNotCalibrated() throws IOException {
        Path file = folder.resolve("plain.pt");
        model().write(file);
        try (Model model = TorchScriptQuantization.load(file)) {
            assertThatThrownBy(() -> TorchScriptQuantization.calibrate(model, List.<NDList>of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("models that were prepared for it have it");
        }
    }
}
