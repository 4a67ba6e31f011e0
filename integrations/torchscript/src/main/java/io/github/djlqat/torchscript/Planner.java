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

    private static final Set<String> PRODUCTS = Set.of("matMul", "batchDot");

    private final Interpreter interpreter;
    private final ModuleTree modules;
    private final RecipeResolver resolver;
    private final @Nullable RecipeResolver products;
    private final Map<OperationUse.Key, String> names = new HashMap<>();
    private final Map<ModuleNode, Map<String, @Nullable QuantizerSpec>> specs =
            new LinkedHashMap<>();
    private final Map<String, Map<Site, String>> attributes = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> attributesByKey = new HashMap<>();
    private final Map<String, Set<Site>> functions = new LinkedHashMap<>();
    private final Map<String, CallPoint> points = new HashMap<>();
    private final Map<String, String> callees = new HashMap<>();

    /** An operand of a use, with what the recipe makes of it. */
    private record Decision(OperationUse use, int operand, @Nullable QuantizerSpec spec) {
        Site site() {
            return Site.of(use, use.operand(operand));
        }
    }

    Planner(Interpreter interpreter, ModuleTree modules, Recipe recipe) {
        this.interpreter = interpreter;
        this.modules = modules;
        resolver = new RecipeResolver(recipe);
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
                        .filter(rule -> rule.op() != null && PRODUCTS.contains(rule.op()))
                        .toList();
        return rules.stream().allMatch(Rule::exclude)
                ? null
                : new RecipeResolver(
                        new Recipe(recipe.name(), null, null, null, rules, recipe.training()));
    }

    private ResolvedLayer resolve(OperationUse use, String layer, boolean first, boolean last) {
        if (hasWeight(use)) {
            return resolver.resolve(layer, use.operation().name(), first, last);
        }
        return products == null
                ? new ResolvedLayer(null, null)
                : products.resolve(layer, use.operation().name(), false, false);
    }

    /**
     * Makes the plan.
     *
     * @throws TorchScriptException if a call that the recipe does not exclude cannot be quantized
     * @throws IllegalArgumentException if the recipe asks for what TorchScript models do not have
     */
    RewritePlan plan() {
        List<OperationUse> uses = interpreter.uses();
        nameLayers(uses);
        List<String> layers = weightedLayers(uses);
        List<Decision> decisions = new ArrayList<>();
        for (OperationUse use : uses) {
            decide(use, layers, decisions);
        }
        requireExcluded(interpreter.fused());
        findFunctions(decisions);
        Set<String> wanted = wantedSites(decisions);
        for (Decision decision : decisions) {
            place(decision, wanted);
        }
        fill();
        return new RewritePlan(specs, attributes, functions, points, callees);
    }

    /** Lists what may be quantized, each name once. */
    List<TorchScriptLayer> layers() {
        List<OperationUse> uses = interpreter.uses();
        nameLayers(uses);
        Map<String, TorchScriptLayer> layers = new LinkedHashMap<>();
        for (OperationUse use : uses) {
            layers.putIfAbsent(
                    name(use),
                    new TorchScriptLayer(name(use), use.operation().name(), hasWeight(use)));
        }
        return List.copyOf(layers.values());
    }

    private void nameLayers(List<OperationUse> uses) {
        Map<String, Integer> counts = new HashMap<>();
        for (OperationUse use : uses) {
            names.put(use.key(), layerName(use, counts));
        }
    }

    /** The module path of the weight, or the operation's name in the module that runs it. */
    private static String layerName(OperationUse use, Map<String, Integer> counts) {
        for (Value value : use.values()) {
            if (value instanceof Stored stored && isWeight(use, value)) {
                return layerName(stored.origin());
            }
        }
        if (!PRODUCTS.contains(use.operation().name())) {
            return use.host().path().isEmpty() ? use.operation().name() : use.host().name();
        }
        String name = use.host().nameOf(use.operation().name());
        int count = counts.merge(name, 1, Integer::sum);
        return count == 1 ? name : name + '#' + count;
    }

    private static String layerName(Origin origin) {
        ModuleNode owner = origin.owner();
        return owner == null || owner.path().isEmpty() ? origin.attribute() : owner.name();
    }

    private static boolean isWeight(OperationUse use, Value value) {
        int index = use.values().indexOf(value);
        return use.operand(index).weight();
    }

    private static boolean hasWeight(OperationUse use) {
        if (!PRODUCTS.contains(use.operation().name())) {
            return true;
        }
        for (int i = 0; i < use.values().size(); i++) {
            if (use.operand(i).weight() && isStored(use.values().get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isStored(Value value) {
        return value instanceof Stored || value instanceof Value.Several;
    }

    /** The names of layers with weights, in the order in which {@code forward} runs them. */
    private List<String> weightedLayers(List<OperationUse> uses) {
        Set<String> layers = new LinkedHashSet<>();
        int reached = interpreter.reachedFromForward();
        for (OperationUse use : reached == 0 ? uses : uses.subList(0, reached)) {
            if (hasWeight(use)) {
                layers.add(name(use));
            }
        }
        return List.copyOf(layers);
    }

    private String name(OperationUse use) {
        return names.getOrDefault(use.key(), use.host().name());
    }

    private void decide(OperationUse use, List<String> layers, List<Decision> decisions) {
        String layer = name(use);
        boolean weighted = hasWeight(use);
        boolean first = weighted && !layers.isEmpty() && layers.get(0).equals(layer);
        boolean last = weighted && !layers.isEmpty() && layers.get(layers.size() - 1).equals(layer);
        ResolvedLayer resolved = resolve(use, layer, first, last);
        for (int i = 0; i < use.values().size(); i++) {
            decisions.add(new Decision(use, i, spec(use, i, layer, resolved)));
        }
    }

    private @Nullable QuantizerSpec spec(
            OperationUse use, int index, String layer, ResolvedLayer resolved) {
        Operand operand = use.operand(index);
        Value value = use.values().get(index);
        boolean weight =
                operand.weight() && (isStored(value) || !PRODUCTS.contains(use.operation().name()));
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
            return new QuantizerSpec(name, recipe, false, 0, null, false, false);
        }
        if (value instanceof Stored stored) {
            return new QuantizerSpec(
                    name,
                    recipe,
                    true,
                    operand.channelAxis(),
                    stored.origin(),
                    stored.swapped(),
                    isAlone(use, stored));
        }
        // The shape of a weight that is computed is not known before it is.
        return new QuantizerSpec(
                name, recipe.withGranularity(Granularity.PER_TENSOR), true, 0, null, false, false);
    }

    /** Whether every use of a stored tensor is the quantized one of a layer. */
    private boolean isAlone(OperationUse use, Stored stored) {
        String tensor = stored.origin().name();
        if (interpreter.usedElsewhere().contains(tensor)) {
            return false;
        }
        for (OperationUse other : interpreter.uses()) {
            for (int i = 0; i < other.values().size(); i++) {
                if (other.values().get(i) instanceof Stored same
                        && same.origin().equals(stored.origin())
                        && (same.swapped() != stored.swapped()
                                || !other.operand(i).weight()
                                || !other.operation().name().equals(use.operation().name())
                                || other.host() != use.host())) {
                    return false;
                }
            }
        }
        return true;
    }

    private void requireExcluded(List<OperationUse> fused) {
        for (OperationUse use : fused) {
            String layer = use.host().path().isEmpty() ? use.operation().name() : use.host().name();
            ResolvedLayer resolved = resolver.resolve(layer, "linear", false, false);
            if (resolved.weights() != null || resolved.activations() != null) {
                throw new TorchScriptException(
                        use.point().describe()
                                + ": in "
                                + layer
                                + " torch."
                                + use.operation().name()
                                + " computes with weights in a way that cannot be quantized; legal is a rule that"
                                + " excludes the layer.");
            }
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
        return className(decision.use().host()) + decision.site();
    }

    private static String className(ModuleNode node) {
        return node.source().qualifiedName();
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
            for (Site other : passed) {
                attributes(use.host())
                        .computeIfAbsent(
                                other,
                                s -> unique(use.host(), use.operation().name() + "_quantizer"));
            }
            put(decision, attribute);
        }
    }

    private Map<Site, String> attributes(ModuleNode host) {
        return attributes.computeIfAbsent(className(host), c -> new LinkedHashMap<>());
    }

    private String attribute(Decision decision, Site site) {
        Map<Site, String> known = attributes(decision.use().host());
        String attribute = known.get(site);
        if (attribute == null) {
            attribute = sharedAttribute(decision);
            known.put(site, attribute);
        }
        return attribute;
    }

    /**
     * The attribute for the quantizer of a weight, or of an input that goes with a weight: one for
     * all calls with that weight, of which a trace writes several.
     */
    private String sharedAttribute(Decision decision) {
        OperationUse use = decision.use();
        Operand operand = use.operand(decision.operand());
        boolean weight = decision.spec() == null ? operand.weight() : decision.spec().weight();
        String relative = null;
        for (int i = 0; relative == null && i < use.values().size(); i++) {
            if (use.operand(i).weight()
                    && use.values().get(i) instanceof Stored stored
                    && (!weight || i == decision.operand())) {
                relative = relative(use.host(), stored);
            }
        }
        String wish;
        if (relative == null) {
            wish = use.operation().name() + (weight ? "_weight" : "_input") + "_quantizer";
            return unique(use.host(), wish);
        }
        boolean plain = relative.equals("weight");
        boolean hidden = !weight && operand.argument() > 0 && operand.item() != -1;
        String which = hidden ? "hidden_" : "input_";
        wish =
                weight
                        ? relative + "_quantizer"
                        : (plain ? "" : relative + "_") + which + "quantizer";
        String key = wish + operand.argument() + ':' + operand.item();
        String unique = wish;
        return attributesByKey
                .computeIfAbsent(className(use.host()), c -> new HashMap<>())
                .computeIfAbsent(weight ? wish : key, k -> unique(use.host(), unique));
    }

    /** The name of a stored tensor from a module on, or null if it is not in it. */
    private static @Nullable String relative(ModuleNode host, Stored stored) {
        Origin origin = stored.origin();
        if (origin.owner() == null) {
            return null;
        }
        List<String> path = origin.owner().path();
        int depth = host.path().size();
        if (path.size() < depth || !path.subList(0, depth).equals(host.path())) {
            return null;
        }
        List<String> names = new ArrayList<>(path.subList(depth, path.size()));
        names.add(origin.attribute());
        if (origin.index() >= 0) {
            names.add(String.valueOf(origin.index()));
        }
        if (stored.swapped()) {
            names.add("transposed");
        }
        String name = String.join("_", names).replaceAll("[^A-Za-z0-9_]", "_");
        return Character.isDigit(name.charAt(0)) ? '_' + name : name;
    }

    /** A name that neither the class nor another quantizer has. */
    private String unique(ModuleNode host, String wish) {
        Set<String> taken = new HashSet<>(host.source().definition().attributes());
        host.source().definition().methods().forEach(method -> taken.add(method.name()));
        taken.addAll(attributes(host).values());
        attributesByKey.getOrDefault(className(host), Map.of()).values().forEach(taken::add);
        String name = wish;
        for (int i = 1; taken.contains(name); i++) {
            name = wish + '_' + i;
        }
        return name;
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
            Map<Site, String> declared = attributes.get(className(node));
            if (declared != null) {
                Map<String, @Nullable QuantizerSpec> quantizers =
                        specs.computeIfAbsent(node, n -> new LinkedHashMap<>());
                declared.values().forEach(attribute -> quantizers.putIfAbsent(attribute, null));
            }
        }
    }
}
