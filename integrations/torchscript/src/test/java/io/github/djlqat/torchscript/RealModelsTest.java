package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.training.ParameterStore;
import io.github.djlqat.recipe.Presets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A language model and a voice-activity detector that others trained and scripted. */
class RealModelsTest {

    private static final Path DATA = Path.of("../../../shared/data");
    static final Path STORIES = DATA.resolve("stories260K");
    private static final Path SILERO = DATA.resolve("torchscript");
    private static final int WINDOW = 512;
    private static final int ALL_WINDOWS = 193;

    /** All of them take a minute. */
    private static final int WINDOWS = Integer.getInteger("torchscript.windows", 40);

    @TempDir private Path folder;

    @Test
    void storiesKeepTheirLikelihood() throws IOException {
        assumeTrue(Files.exists(STORIES));
        Path prepared = folder.resolve("stories.pt");
        TorchScriptQuantization.prepare(
                STORIES.resolve("stories260K.pt"), Presets.named("int8"), prepared);
        try (Model model = TorchScriptQuantization.load(prepared);
                NDManager manager = model.getNDManager().newSubManager()) {
            long[] tokens = tokens();
            double before = likelihood(model, tokens, WINDOWS);
            List<NDList> windows =
                    IntStream.range(0, 8)
                            .mapToObj(i -> new NDList(window(manager, tokens, 20 * i)))
                            .toList();
            assertThat(TorchScriptQuantization.calibrate(model, windows)).isEmpty();

            double after = likelihood(model, tokens, WINDOWS);
            if (WINDOWS == ALL_WINDOWS) {
                assertThat(before).isCloseTo(1.75777, within(1e-4));
            }
            assertThat(after).isCloseTo(before, within(0.01));
        }
    }

    static long[] tokens() throws IOException {
        ByteBuffer bytes =
                ByteBuffer.wrap(Files.readAllBytes(STORIES.resolve("tinystories_cased_tok512.u16")))
                        .order(ByteOrder.LITTLE_ENDIAN);
        long[] tokens = new long[bytes.remaining() / 2];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = bytes.getShort(2 * i) & 0xFFFF;
        }
        return tokens;
    }

    static NDArray window(NDManager manager, long[] tokens, int index) {
        long[] ids = java.util.Arrays.copyOfRange(tokens, index * WINDOW, (index + 1) * WINDOW);
        return manager.create(ids, new Shape(1, WINDOW));
    }

    /** The mean negative log-likelihood of each window's tokens but the first. */
    static double likelihood(Model model, long[] tokens, int windows) {
        double sum = 0;
        for (int i = 0; i < windows; i++) {
            try (NDManager manager = model.getNDManager().newSubManager()) {
                NDArray ids = window(manager, tokens, i);
                NDArray logits =
                        model.getBlock()
                                .forward(new ParameterStore(manager, false), new NDList(ids), false)
                                .singletonOrThrow();
                NDArray chosen =
                        logits.logSoftmax(-1)
                                .get("0, :-1, :")
                                .gather(ids.get("0, 1:").expandDims(1), 1);
                sum -= chosen.mean().getFloat();
            }
        }
        return sum / windows;
    }

    @Test
    void sileroKeepsItsSpeech() throws IOException {
        assumeTrue(Files.exists(SILERO));
        Path prepared = folder.resolve("silero.pt");
        TorchScriptQuantization.prepare(
                SILERO.resolve("silero_vad.jit"), Presets.named("int8"), prepared);
        float[] samples = samples();
        try (Model model = TorchScriptQuantization.load(prepared)) {
            double before = speech(model, samples, 1875);
            List<String> unseen =
                    TorchScriptQuantization.calibrate(model, () -> speech(model, samples, 400));
            assertThat(unseen).isNotEmpty().allMatch(name -> name.startsWith("_model_8k."));

            double after = speech(model, samples, 1875);
            assertThat(before).isCloseTo(0.774, within(1e-3));
            assertThat(after).isCloseTo(before, within(0.01));
        }
    }

    private static float[] samples() throws IOException {
        byte[] bytes = Files.readAllBytes(SILERO.resolve("silero_test_16k.wav"));
        int header = 44;
        ByteBuffer wave = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        float[] samples = new float[(bytes.length - header) / 2];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = wave.getShort(header + 2 * i) / 32768f;
        }
        return samples;
    }

    /** The share of frames that the model takes for speech, from the first on. */
    private static double speech(Model model, float[] samples, int frames) {
        PtSymbolBlock block = (PtSymbolBlock) model.getBlock();
        try (NDManager manager = model.getNDManager().newSubManager()) {
            ai.djl.pytorch.jni.IValueUtils.runMethod(block, "reset_states").close();
            int speech = 0;
            for (int i = 0; i < frames; i++) {
                float[] frame = java.util.Arrays.copyOfRange(samples, i * WINDOW, (i + 1) * WINDOW);
                try (NDArray x = manager.create(frame, new Shape(1, WINDOW));
                        IValue first = IValue.from((PtNDArray) x);
                        IValue rate = IValue.from(16000L);
                        IValue output = block.forward(first, rate)) {
                    NDList result = output.toNDList((ai.djl.pytorch.engine.PtNDManager) manager);
                    speech += result.singletonOrThrow().getFloat() > 0.5f ? 1 : 0;
                    result.close();
                }
            }
            return speech / (double) frames;
        }
    }
}
