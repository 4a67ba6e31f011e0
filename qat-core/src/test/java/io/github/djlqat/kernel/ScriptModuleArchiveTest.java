package io.github.djlqat.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class ScriptModuleArchiveTest {

    private static final String SOURCE =
            """
            class Twice(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              # Größe: a comment beyond ASCII
              def forward(self: __torch__.Twice, x: Tensor) -> Tensor:
                return torch.add(x, x)
            """;

    @Test
    void writesAModuleThatTheEngineRuns() throws Exception {
        try (Model model = Model.newInstance("twice", "PyTorch")) {
            model.load(
                    new ByteArrayInputStream(
                            new ScriptModuleArchive("Twice", SOURCE).toByteArray()));
            NDManager manager = model.getNDManager();
            NDList y =
                    model.getBlock()
                            .forward(
                                    new ParameterStore(manager, false),
                                    new NDList(manager.arange(3f)),
                                    false);
            assertThat(y.singletonOrThrow().getShape()).isEqualTo(new Shape(3));
            assertThat(y.singletonOrThrow().toFloatArray()).containsExactly(0, 2, 4);
        }
    }

    @Test
    void storesEntriesUncompressedUnderOneFolder() throws Exception {
        byte[] archive = new ScriptModuleArchive("Twice", SOURCE).toByteArray();
        List<String> names = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
                assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
                assertThat(zip.readAllBytes()).hasSize((int) entry.getSize());
            }
        }
        assertThat(names)
                .containsExactly(
                        "Twice/data.pkl",
                        "Twice/code/__torch__.py",
                        "Twice/constants.pkl",
                        "Twice/version");
        assertThat(new ScriptModuleArchive("Twice", SOURCE).toByteArray()).isEqualTo(archive);
    }

    @Test
    void sourceThatDoesNotCompileIsAnExceptionAtLoading() throws Exception {
        String broken = SOURCE.replace("torch.add", "torch.no_such_operator");
        try (Model model = Model.newInstance("twice", "PyTorch")) {
            byte[] archive = new ScriptModuleArchive("Twice", broken).toByteArray();
            assertThatThrownBy(
                            () -> {
                                model.load(new ByteArrayInputStream(archive));
                                NDManager manager = model.getNDManager();
                                model.getBlock()
                                        .forward(
                                                new ParameterStore(manager, false),
                                                new NDList(manager.arange(3f)),
                                                false);
                            })
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("no_such_operator");
        }
    }
}
