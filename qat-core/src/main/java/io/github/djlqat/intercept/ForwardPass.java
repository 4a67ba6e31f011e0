package io.github.djlqat.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One forward pass of a model under interception.
 *
 * <p>The pass wraps what the model is given and what its operations return, names the sites in
 * order of execution, and sends each operation through the chain. It is used by one thread and ends
 * when the model's forward returns.
 */
public final class ForwardPass {

    private final List<Interceptor> interceptors;
    private final Map<Parameter, String> names;
    private final ParameterStore store;
    private final NDList inputs;
    private final boolean training;
    private final boolean recording;
    private final Map<NDArray, NamedParameter> parameters = new IdentityHashMap<>();
    private final Map<NDArray, String> derived = new IdentityHashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private final Map<Object, Object> states = new IdentityHashMap<>();
    private final ArrayWrapper wrapper = new ArrayWrapper(this);
    private final PrivateForms forms = new PrivateForms();
    private boolean open = true;
    private int exact;

    private ForwardPass(
            List<Interceptor> interceptors,
            Map<Parameter, String> names,
            ParameterStore store,
            NDList inputs,
            boolean training,
            boolean recording) {
        this.store = store;
        this.inputs = inputs;
        this.interceptors = interceptors;
        this.names = names;
        this.training = training;
        this.recording = recording;
    }

    /**
     * Runs the forward of a block under interception.
     *
     * @param block the model
     * @param names the full name of each parameter, from {@link #parameterNames(Block)}
     * @param interceptors the chain, outermost first
     * @param store where parameters come from
     * @param inputs the inputs
     * @param labels the labels, or null to call the forward without labels
     * @param training whether this is a training forward
     * @param params optional parameters of the forward
     * @param recording whether an operation that interception cannot see must be refused also
     *     outside of training
     * @return the outputs, unwrapped
     */
    static NDList run(
            Block block,
            Map<Parameter, String> names,
            List<Interceptor> interceptors,
            ParameterStore store,
            NDList inputs,
            @Nullable NDList labels,
            boolean training,
            @Nullable PairList<String, Object> params,
            boolean recording) {
        HeldTypes.require(inputs);
        ForwardPass pass =
                new ForwardPass(
                        interceptors, names, store, inputs, training || labels != null, recording);
        try {
            ParameterStore wrapped = new InterceptedParameterStore(store, pass);
            NDList data = pass.wrapper.wrap(inputs);
            NDList outputs =
                    labels == null
                            ? block.forward(wrapped, data, training, params)
                            : block.forward(wrapped, data, labels, params);
            NDList results = pass.readable(pass.wrapper.unwrap(outputs));
            interceptors.forEach(interceptor -> interceptor.complete(pass, results));
            return results;
        } finally {
            pass.open = false;
        }
    }

    /**
     * Returns the full names of a block's parameters. A parameter that several layers share has its
     * first name.
     *
     * @param block the block
     * @return the names by parameter identity
     */
    public static Map<Parameter, String> parameterNames(Block block) {
        Map<Parameter, String> names = new IdentityHashMap<>();
        for (Pair<String, Parameter> pair : block.getParameters()) {
            names.putIfAbsent(pair.getValue(), pair.getKey());
        }
        return names;
    }

    /**
     * Returns whether the model runs in training mode.
     *
     * @return true in training
     */
    public boolean training() {
        return training;
    }

    /**
     * Returns where parameters come from, for what an interceptor adds to the model. Its arrays are
     * the plain ones.
     *
     * @return the store
     */
    public ParameterStore store() {
        return store;
    }

    /**
     * Returns what the model was given.
     *
     * @return the plain arrays
     */
    public NDList inputs() {
        return inputs;
    }

    /**
     * Returns the manager of the first input, which lives as long as the batch.
     *
     * @return the manager, or empty for a model without inputs
     */
    public Optional<NDManager> inputManager() {
        return inputs.isEmpty() ? Optional.empty() : Optional.of(inputs.get(0).getManager());
    }

    /**
     * Returns what a component remembers within this pass.
     *
     * @param key the component
     * @param initial makes the state when it is first asked for
     * @param <T> the type of the state
     * @return the state
     */
    @SuppressWarnings("unchecked")
    public <T> T state(Object key, Supplier<T> initial) {
        return (T) states.computeIfAbsent(key, k -> initial.get());
    }

    /**
     * Returns the model's parameter that an array is the value of.
     *
     * @param argument an array, or anything else
     * @return the parameter, or empty
     */
    public Optional<NamedParameter> parameter(@Nullable Object argument) {
        return argument instanceof NDArray
                ? Optional.ofNullable(parameters.get(argument))
                : Optional.empty();
    }

    /**
     * Lets an interceptor return an array that only it can read, such as one of a type that DJL
     * does not know. The interceptor is given the array again as an argument of later operations;
     * everything else reads another array in its place, which is made when it is first needed. The
     * pass must have no other interceptor.
     *
     * @param form the array
     * @param type the data type that the model sees
     * @param reader makes the array that is read, of the same shape and of that type
     */
    public void keepPrivately(NDArray form, DataType type, Supplier<NDArray> reader) {
        forms.put(form, type, reader);
    }

    /**
     * Returns whether {@link #keepPrivately} can be used: no other interceptor would be handed what
     * it cannot read.
     *
     * @return true if the pass has one interceptor
     */
    public boolean hasOneInterceptor() {
        return interceptors.size() == 1;
    }

    PrivateForms forms() {
        return forms;
    }

    private NDList readable(NDList list) {
        NDList result = new NDList(list.size());
        list.forEach(array -> result.add(forms.readable(array)));
        return result;
    }

    boolean isOpen() {
        return open;
    }

    boolean isExact() {
        return exact > 0;
    }

    void enterExact() {
        exact++;
    }

    void leaveExact() {
        exact--;
    }

    boolean isRecording() {
        return open && recording;
    }

    /**
     * Whether an array that leaves by its bytes would silently lose its gradient or its place in a
     * recorded graph.
     */
    boolean guardsBuffers() {
        return open && (training || recording);
    }

    ArrayWrapper wrapper() {
        return wrapper;
    }

    void bind(NDArray value, Parameter parameter) {
        parameters.computeIfAbsent(
                value,
                v ->
                        new NamedParameter(
                                names.getOrDefault(parameter, parameter.getName()), parameter));
    }

    /** Has operations on an array computed from a parameter named after the parameter's layer. */
    void derive(NDArray result, NDArray source) {
        String layer = layer(source);
        if (!layer.isEmpty()) {
            derived.put(result, layer);
        }
    }

    /** Tells the interceptors that the model reads an array's values. */
    void read(NDArray array, String method) {
        if (open) {
            interceptors.forEach(interceptor -> interceptor.read(this, array, method));
        }
    }

    /** Sends an operation through the chain. */
    NDList dispatch(Invocation invocation, List<@Nullable Object> arguments) {
        return proceed(invocation, site(invocation.method().getName(), arguments), arguments, 0);
    }

    NDList proceed(Invocation invocation, Site site, List<@Nullable Object> arguments, int next) {
        if (next == interceptors.size()) {
            List<@Nullable Object> readable = new ArrayList<>(arguments.size());
            arguments.forEach(argument -> readable.add(forms.readable(argument)));
            HeldTypes.require(site, invocation.manager(), readable);
            LegalShapes.require(site, invocation.manager(), readable);
            return invocation.call(readable);
        }
        return interceptors
                .get(next)
                .intercept(new OpCall(this, invocation, site, arguments, next + 1));
    }

    private Site site(String op, List<@Nullable Object> arguments) {
        String layer = layer(arguments);
        String base = layer.isEmpty() ? op : layer;
        // Ops of one layer with different names are different sites already; only repetitions need
        // a number.
        int use = uses.merge(base + "\0" + op, 1, Integer::sum);
        return new Site(use == 1 ? base : base + "#" + use, op);
    }

    private String layer(List<@Nullable Object> arguments) {
        for (Object argument : arguments) {
            String layer = argument instanceof NDArray array ? layer(array) : "";
            if (!layer.isEmpty()) {
                return layer;
            }
        }
        return "";
    }

    private String layer(NDArray array) {
        NamedParameter parameter = parameters.get(array);
        return parameter != null ? parameter.layer() : derived.getOrDefault(array, "");
    }
}
