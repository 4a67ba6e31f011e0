package io.github.djlqat.torchscript;

import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeResolver;
import io.github.djlqat.recipe.ResolvedLayer;
import io.github.djlqat.recipe.Rule;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.torchscript.Operation.Operand;
import io.github.djlqat.torchscript.OperationUse.CallPoint;
import io.github.djlqat.torchscript.Value.Origin;
import io.github.djlqat.torchscript.Value.Stored;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.StorageType;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides by a recipe which operands of a program are quantized, and where quantizers are kept. */
final class Planner {

    private static final ResolvedLayer FLOAT = new ResolvedLayer(null, null);

    private final OperationLog log;
    private final LayerNames names;
    private final ModuleTree modules;
    private final StoredTensors tensors;
    private final RecipeResolver resolver;
    private final boolean foldsBatchNorm;
    private final @Nullable RecipeResolver products;
    private final Map<ModuleNode, Map<String, @Nullable QuantizerSpec>> specs =
            new LinkedHashMap<>();
    private final QuantizerAttributes attributes = new QuantizerAttributes();
    private final FusedPaths fusedPaths = new FusedPaths();
    private final Map<String, Set<Site>> functions = new LinkedHashMap<>();
    private final Map<String, CallPoint> points = new HashMap<>();
    private final Map<String, String> callees = new HashMap<>();

    /** An operand of a use, with what the recipe makes of it. */
    private record Decision(OperationUse use, int operand, @Nullable QuantizerSpec spec) {
        Site site() {
            return Site.of(use, use.operand(operand));
        }

        /** Whether a module or one below it runs the operation. */
        boolean isIn(ModuleNode module) {
            List<String> path = use.host().path();
            int depth = module.path().size();
            return path.size() >= depth && path.subList(0, depth).equals(module.path());
        }
    }

    Planner(Interpreter interpreter, ModuleTree modules, StoredTensors tensors, Recipe recipe) {
        log = interpreter.log();
        names = new LayerNames(log.uses(), interpreter.reachedFromForward());
        this.modules = modules;
        this.tensors = tensors;
        resolver = new RecipeResolver(recipe);
        foldsBatchNorm = recipe.training().foldBatchNorm();
        products = products(recipe);
        RecipeSupport.check(recipe);
    }

    /**
     * A recipe's activations are the inputs of layers with weights; products of two activations are
     * quantized by rules that name them.
     */
    private static @Nullable RecipeResolver products(Recipe recipe) {
        List<Rule> rules =
                recipe.rules().stream()
                        .filter(rule -> rule.op() != null && LayerNames.isProduct(rule.op()))
                        .toList();
        return rules.stream().allMatch(Rule::exclude)
                ? null
                : new RecipeResolver(
                        new Recipe(recipe.name(), null, null, null, rules, recipe.training()));
    }

    private ResolvedLayer resolve(OperationUse use) {
        String layer = names.of(use);
        String operation = use.operation().name();
        if (LayerNames.hasWeight(use)) {
            return resolver.resolve(layer, operation, names.isFirst(use), names.isLast(use));
        }
        return products == null ? FLOAT : products.resolve(layer, operation, false, false);
    }

    /**
     * Makes the plan.
     *
     * @throws TorchScriptException if a call that the recipe does not exclude cannot be quantized
     * @throws IllegalArgumentException if the recipe asks for what TorchScript models do not have
     */
    RewritePlan plan() {
        List<Decision> decisions = new ArrayList<>();
        for (OperationUse use : log.uses()) {
            decide(use, decisions);
        }
        for (OperationLog.Fused fused : log.fused()) {
            decide(fused, decisions);
        }
        findFunctions(decisions);
        Set<String> wanted = wantedSites(decisions);
        for (Decision decision : decisions) {
            place(decision, wanted);
        }
        fill();
        return new RewritePlan(specs, attributes.all(), fusedPaths, functions, points, callees);
    }

    /** Lists what may be quantized, each name once. */
    List<TorchScriptLayer> layers() {
        Map<String, TorchScriptLayer> layers = new LinkedHashMap<>();
        for (OperationUse use : log.uses()) {
            String name = names.of(use);
            layers.putIfAbsent(
                    name,
                    new TorchScriptLayer(name, use.operation().name(), LayerNames.hasWeight(use)));
        }
        return List.copyOf(layers.values());
    }

    private void decide(OperationUse use, List<Decision> decisions) {
        ResolvedLayer resolved = isQuantizable(use) ? resolve(use) : FLOAT;
        for (int i = 0; i < use.values().size(); i++) {
            decisions.add(new Decision(use, i, spec(use, i, names.of(use), resolved)));
        }
    }

    /** Whole numbers, and weights without elements, have nothing to round. */
    private boolean isQuantizable(OperationUse use) {
        for (Value value : use.values()) {
            for (Origin origin : Value.origins(value)) {
                TensorValue tensor = tensors.find(origin);
                if (tensor != null
                        && (tensor.elements() == 0 || isInteger(tensor.storage().type()))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isInteger(StorageType type) {
        return switch (type) {
            case UINT8, INT8, INT16, INT32, INT64, UINT16, UINT32, UINT64, BOOLEAN -> true;
            default -> false;
        };
    }

    private @Nullable QuantizerSpec spec(
            OperationUse use, int index, String layer, ResolvedLayer resolved) {
        Operand operand = use.operand(index);
        Value value = use.values().get(index);
        boolean weight =
                operand.weight()
                        && (LayerNames.isStored(value)
                                || !LayerNames.isProduct(use.operation().name()));
        String name = layer + (weight ? " weight" : " input");
        TensorRecipe recipe =
                RecipeSupport.tensor(
                        weight ? resolved.weights() : resolved.activations(), weight, name);
        if (recipe == null) {
            return null;
        }
        if (value instanceof Value.Several) {
            throw new TorchScriptException(
                    use.point().describe()
                            + ": in "
                            + layer
                            + " this multiplies by different weights at different times, so that no one scale fits;"
                            + " legal is a rule that excludes the layer.");
        }
        if (!weight) {
            return new QuantizerSpec(name, recipe, false, 0, null, false, null, false);
        }
        if (value instanceof Stored stored) {
            return new QuantizerSpec(
                    name,
                    recipe,
                    true,
                    operand.channelAxis(),
                    stored.origin(),
                    stored.swapped(),
                    fold(use, operand, stored, recipe),
                    isAlone(use, operand, stored));
        }
        // The shape of a weight that is computed is not known before it is.
        return new QuantizerSpec(
                name,
                recipe.withGranularity(Granularity.PER_TENSOR),
                true,
                0,
                null,
                false,
                null,
                false);
    }

    /**
     * The BatchNorm behind a layer, if quantizing as if it were folded is asked for and matters.
     */
    private @Nullable FoldedNorm fold(
            OperationUse use, Operand operand, Stored stored, TensorRecipe recipe) {
        FoldedNorm norm = log.normOf(use);
        TensorValue weight = tensors.find(stored.origin());
        if (norm == null
                || weight == null
                || !foldsBatchNorm
                || weight.shape().size() < 2
                || !FoldedNorm.matters(recipe)
                || norm.gamma().owner() == null
                || norm.variance().owner() == null) {
            return null;
        }
        List<Long> shape =
                stored.swapped() ? StoredTensors.swapped(weight).shape() : weight.shape();
        int axis = operand.channelAxis();
        List<Long> channels = List.of(shape.get(axis < 0 ? axis + shape.size() : axis));
        TensorValue gamma = tensors.find(norm.gamma());
        TensorValue variance = tensors.find(norm.variance());
        // Channels of grouped transposed convolutions are not those of one axis.
        boolean fits =
                gamma != null
                        && variance != null
                        && gamma.shape().equals(channels)
                        && variance.shape().equals(channels);
        return fits ? norm.withRecipe(recipe) : null;
    }

    /** Whether every use of a stored tensor is the quantized one of a layer. */
    private boolean isAlone(OperationUse use, Operand operand, Stored stored) {
        if (log.usedElsewhere().contains(stored.origin())) {
            return false;
        }
        for (OperationUse other : log.uses()) {
            for (int i = 0; i < other.values().size(); i++) {
                if (Value.origins(other.values().get(i)).contains(stored.origin())
                        && (!other.values().get(i).equals(stored)
                                || !other.operand(i).weight()
                                || other.operand(i).channelAxis() != operand.channelAxis()
                                || !other.operation().name().equals(use.operation().name())
                                || other.host() != use.host())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Switches a branch off that has another one beside it, or refuses what is not excluded. */
    private void decide(OperationLog.Fused fused, List<Decision> decisions) {
        OperationUse use = fused.use();
        ModuleNode host = use.host();
        if (fused.condition() != null) {
            if (decisions.stream().anyMatch(d -> d.spec() != null && d.isIn(host))) {
                fusedPaths.add(
                        QuantizerAttributes.className(host),
                        attributes.ofSwitch(host),
                        fused.condition().span());
            }
            return;
        }
        String layer = host.path().isEmpty() ? use.operation().name() : host.name();
        ResolvedLayer resolved = resolver.resolve(layer, "linear", false, false);
        if (resolved.weights() != null || resolved.activations() != null) {
            throw new TorchScriptException(
                    use.point().describe()
                            + ": in "
                            + layer
                            + " torch."
                            + use.operation().name()
                            + " computes with weights in a way that cannot be quantized; legal is a rule that"
                            + " excludes the layer"
                            + (use.operation().name().startsWith("_transformer")
                                            || use.operation().name().startsWith("_native_multi")
                                    ? ", or a trace after torch.backends.mha.set_fastpath_enabled(False)."
                                    : "."));
        }
    }

    /** Finds the functions that sites are in, which then take quantizers as parameters. */
    private void findFunctions(List<Decision> decisions) {
        for (Decision decision : decisions) {
            List<CallPoint> chain = decision.use().chain();
            List<String> offsets = OperationUse.offsets(chain);
            for (int i = 0; i < chain.size(); i++) {
                points.put(offsets.get(i), chain.get(i));
                if (i > 0) {
                    callees.put(offsets.get(i - 1), function(chain.get(i)));
                }
            }
            if (decision.spec() == null) {
                continue;
            }
            Site site = decision.site();
            for (int i = 1; i < chain.size(); i++) {
                site = site.within();
                functions
                        .computeIfAbsent(function(chain.get(i)), f -> new LinkedHashSet<>())
                        .add(site);
            }
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Set<Site> sites : functions.values()) {
                for (Site site : List.copyOf(sites)) {
                    if (!site.isDirect()) {
                        changed |= sites.addAll(throughCall(site.chain().get(0)));
                    }
                }
            }
        }
    }

    /** The sites of the function that a call goes to, as seen from the call. */
    private List<Site> throughCall(String call) {
        return functions.getOrDefault(callees.get(call), Set.of()).stream()
                .map(site -> site.through(call))
                .toList();
    }

    private static String function(CallPoint point) {
        return point.file().qualifier() + '.' + point.function();
    }

    /** The sites that at least one instance of their class quantizes. */
    private Set<String> wantedSites(List<Decision> decisions) {
        Set<String> wanted = new HashSet<>();
        for (Decision decision : decisions) {
            if (decision.spec() != null) {
                wanted.add(siteKey(decision));
            }
        }
        return wanted;
    }

    private static String siteKey(Decision decision) {
        return QuantizerAttributes.className(decision.use().host()) + decision.site();
    }

    private void place(Decision decision, Set<String> wanted) {
        OperationUse use = decision.use();
        Site site = decision.site();
        if (site.isDirect()) {
            if (wanted.contains(siteKey(decision))) {
                put(decision, attribute(decision, site));
            }
            return;
        }
        // A call to a function that takes quantizers passes it all of them.
        List<Site> passed = throughCall(site.chain().get(0));
        if (passed.contains(site)) {
            String attribute = attribute(decision, site);
            passed.forEach(other -> attributes.require(use, other));
            put(decision, attribute);
        }
    }

    private String attribute(Decision decision, Site site) {
        QuantizerSpec spec = decision.spec();
        Operand operand = decision.use().operand(decision.operand());
        boolean weight = spec == null ? operand.weight() : spec.weight();
        return attributes.attribute(decision.use(), decision.operand(), weight, site);
    }

    private void put(Decision decision, String attribute) {
        Map<String, @Nullable QuantizerSpec> quantizers =
                specs.computeIfAbsent(decision.use().host(), node -> new LinkedHashMap<>());
        QuantizerSpec before = quantizers.get(attribute);
        QuantizerSpec spec = decision.spec();
        if (before != null && spec != null && !before.equals(spec)) {
            throw new TorchScriptException(
                    decision.use().point().describe()
                            + ": one quantizer of "
                            + decision.use().host()
                            + " would be that of \""
                            + before.name()
                            + "\" and of \""
                            + spec.name()
                            + "\"; legal is a rule that excludes one of the layers.");
        }
        quantizers.put(attribute, spec == null ? before : spec);
    }

    /** Gives every instance of a class all of its attributes. */
    private void fill() {
        for (ModuleNode node : modules.all()) {
            Map<Site, String> declared = attributes.all().get(QuantizerAttributes.className(node));
            if (declared != null) {
                Map<String, @Nullable QuantizerSpec> quantizers =
                        specs.computeIfAbsent(node, n -> new LinkedHashMap<>());
                declared.values().forEach(attribute -> quantizers.putIfAbsent(attribute, null));
            }
            FusedPaths.Switched switched =
                    fusedPaths.all().get(QuantizerAttributes.className(node));
            if (switched != null) {
                specs.computeIfAbsent(node, n -> new LinkedHashMap<>())
                        .put(switched.attribute(), null);
            }
        }
    }
}
