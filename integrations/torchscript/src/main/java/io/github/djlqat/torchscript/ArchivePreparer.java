package io.github.djlqat.torchscript;

import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.torchscript.RewritePlan.Placed;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.code.Program;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.DictionaryValue;
import io.github.djlqat.torchscript.pickle.DictionaryValue.Entry;
import io.github.djlqat.torchscript.pickle.ListValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.TaggedValue;
import io.github.djlqat.torchscript.pickle.TupleValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Puts quantizers into an archive. */
final class ArchivePreparer {

    private static final String QUANTIZERS = "fake_quantize.py";
    private static final String KERNELS = "kernels.py";

    private ArchivePreparer() {}

    static TorchScriptArchive prepare(TorchScriptArchive archive, Recipe recipe) {
        String file = Program.FOLDER + SourceRewriter.path(SourceRewriter.NAMESPACE);
        if (archive.contains(file)) {
            throw new TorchScriptException(
                    "The model has quantizers already ("
                            + file
                            + "); prepare the one it came from.");
        }
        Program program = Program.of(archive);
        ModuleTree modules = ModuleTree.of(program, archive.data());
        StoredTensors stored = new StoredTensors(archive);
        Interpreter interpreter = new Interpreter(program, modules, stored).run();
        RewritePlan plan = new Planner(interpreter, modules, stored, recipe).plan();
        List<Placed> placed = plan.placed();
        if (placed.stream().allMatch(quantizer -> quantizer.spec() == null)) {
            throw new TorchScriptException(
                    "The recipe \""
                            + recipe.name()
                            + "\" quantizes nothing in this model: none of its methods multiplies what the recipe"
                            + " does not exclude.");
        }
        boolean observes =
                placed.stream().anyMatch(q -> q.spec() != null && q.spec().origin() == null);
        NewTensors created = new NewTensors(archive);
        QuantizerObjects objects =
                new QuantizerObjects(
                        stored, created, observes ? QuantizerMode.FLOAT : QuantizerMode.TRAIN);
        Map<ObjectValue, ObjectValue> extended = new IdentityHashMap<>();
        for (int i = 0; i < placed.size(); i++) {
            Placed quantizer = placed.get(i);
            ObjectValue before = quantizer.node().object();
            extended.put(
                    before,
                    extended.getOrDefault(before, before)
                            .withAttribute(
                                    quantizer.attribute(),
                                    plan.isSwitch(quantizer)
                                            ? objects.createSwitch(i)
                                            : objects.create(i, quantizer.spec())));
        }
        TorchScriptArchive result = archive;
        ModuleReferences references = new ModuleReferences(SourceRewriter.NAMESPACE);
        SourceRewriter rewriter = new SourceRewriter(program, plan, references);
        for (Map.Entry<String, String> source : rewriter.rewrite(modules).entrySet()) {
            result =
                    result.with(
                            Program.FOLDER + source.getKey(),
                            source.getValue().getBytes(StandardCharsets.ISO_8859_1));
        }
        String support = source();
        if (!references.isEmpty()) {
            support += references.source();
            ObjectValue root = modules.root().object();
            extended.put(
                    root,
                    extended.getOrDefault(root, root)
                            .withAttribute(ModuleReferences.ATTRIBUTE, references.object()));
        }
        ObjectValue data = (ObjectValue) new Replacement(extended).of(modules.root().object());
        return created.addTo(result.with(file, support).withData(data));
    }

    private static String source() {
        String kernels =
                read(Kernels.class, KERNELS)
                        .replace("__torch__.Kernels", SourceRewriter.NAMESPACE + ".Kernels");
        return kernels + read(ArchivePreparer.class, QUANTIZERS);
    }

    private static String read(Class<?> owner, String resource) {
        try (InputStream in = owner.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(
                        "The resource " + resource + " is missing beside " + owner + ".");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces objects in a pickle, and keeps what is one object one object. */
    static final class Replacement {
        private final Map<ObjectValue, ObjectValue> replaced;
        private final Map<PickleValue, PickleValue> done = new IdentityHashMap<>();

        Replacement(Map<ObjectValue, ObjectValue> replaced) {
            this.replaced = replaced;
        }

        PickleValue of(PickleValue value) {
            PickleValue known = done.get(value);
            if (known == null) {
                known = rebuilt(value);
                done.put(value, known);
            }
            return known;
        }

        private PickleValue rebuilt(PickleValue value) {
            if (value instanceof ObjectValue object) {
                ObjectValue newer = replaced.getOrDefault(object, object);
                PickleValue state = of(newer.state());
                return state == object.state()
                        ? object
                        : new ObjectValue(object.className(), state);
            }
            if (value instanceof DictionaryValue dictionary) {
                List<Entry> entries =
                        dictionary.entries().stream()
                                .map(entry -> new Entry(of(entry.key()), of(entry.value())))
                                .toList();
                return same(dictionary.entries(), entries)
                        ? dictionary
                        : new DictionaryValue(entries);
            }
            if (value instanceof ListValue list) {
                List<PickleValue> items = list.items().stream().map(this::of).toList();
                return sameItems(list.items(), items) ? list : new ListValue(list.kind(), items);
            }
            if (value instanceof TupleValue tuple) {
                List<PickleValue> items = tuple.items().stream().map(this::of).toList();
                return sameItems(tuple.items(), items) ? tuple : new TupleValue(items);
            }
            if (value instanceof TaggedValue tagged) {
                PickleValue inside = of(tagged.value());
                return inside == tagged.value() ? tagged : new TaggedValue(inside, tagged.type());
            }
            return value;
        }

        private static boolean same(List<Entry> a, List<Entry> b) {
            for (int i = 0; i < a.size(); i++) {
                if (a.get(i).key() != b.get(i).key() || a.get(i).value() != b.get(i).value()) {
                    return false;
                }
            }
            return true;
        }

        private static boolean sameItems(List<PickleValue> a, List<PickleValue> b) {
            for (int i = 0; i < a.size(); i++) {
                if (a.get(i) != b.get(i)) {
                    return false;
                }
            }
            return true;
        }
    }
}
