package io.github.djlqat.graph;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Adds the nodes that stand for reading and writing through views. */
final class ViewOps {

    private static final Set<String> VIEWS =
            Set.of(
                    "get",
                    "reshape",
                    "transpose",
                    "flatten",
                    "squeeze",
                    "expandDims",
                    "swapAxes",
                    "split",
                    "broadcast",
                    "dropout",
                    "stopGradient");
    private static final Set<String> RESHAPES =
            Set.of("reshape", "flatten", "squeeze", "expandDims");
    private static final Set<String> IDENTITIES = Set.of("dropout", "stopGradient");

    private final Emitter emitter;

    /** Adds a node with one output to the recording. */
    @FunctionalInterface
    interface Emitter {
        Value emit(Node like, String op, List<Argument> arguments, Shape shape);
    }

    ViewOps(Emitter emitter) {
        this.emitter = emitter;
    }

    /** Whether the results of an op may share the memory of its first argument. */
    static boolean mayShare(String op) {
        return VIEWS.contains(op);
    }

    /** Whether a view holds every element of the array behind it once. */
    boolean isBijective(Node view) {
        return RESHAPES.contains(view.op())
                || IDENTITIES.contains(view.op())
                || view.op().equals("transpose")
                || view.op().equals("swapAxes");
    }

    /** Takes a view again, of an array that has changed. */
    Argument again(Node view, Argument of) {
        Argument before = view.arguments().get(0);
        List<Argument> arguments = new ArrayList<>(view.arguments());
        arguments.replaceAll(argument -> argument.equals(before) ? of : argument);
        return reference(emitter.emit(view, view.op(), arguments, view.outputs().get(0).shape()));
    }

    /** Returns the array that a bijective view belongs to, from the elements of the view. */
    Argument inverse(Node view, Argument value) {
        Shape shape = shape(view.arguments().get(0));
        if (IDENTITIES.contains(view.op())) {
            return value;
        }
        if (RESHAPES.contains(view.op())) {
            return reference(
                    emitter.emit(
                            view, "reshape", List.of(value, new Argument.Literal(shape)), shape));
        }
        int[] axes = permutation(view, shape.dimension());
        int[] back = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            back[axes[i]] = i;
        }
        return reference(
                emitter.emit(view, "transpose", List.of(value, new Argument.Literal(back)), shape));
    }

    /** Returns an array with the elements of a view of it replaced. */
    Argument replace(Node view, Argument of, Argument value) {
        NDIndex index =
                Indices.of(view.arguments())
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                view.place()
                                                        + " is a view that is written into later, which cannot be"
                                                        + " recorded. Use operations that return new arrays."));
        return reference(
                emitter.emit(
                        view,
                        Node.SET,
                        List.of(of, new Argument.Literal(index), value),
                        shape(view.arguments().get(0))));
    }

    static Argument reference(Value value) {
        return new Argument.ValueReference(value);
    }

    private static int[] permutation(Node view, int rank) {
        int[] axes = new int[rank];
        if (view.op().equals("swapAxes")) {
            Arrays.setAll(axes, i -> i);
            int first = Math.floorMod(number(view, 1), rank);
            int second = Math.floorMod(number(view, 2), rank);
            axes[first] = second;
            axes[second] = first;
        } else if (view.arguments().size() > 1
                && literal(view, 1) instanceof int[] given
                && given.length > 0) {
            Arrays.setAll(axes, i -> Math.floorMod(given[i], rank));
        } else {
            Arrays.setAll(axes, i -> rank - 1 - i);
        }
        return axes;
    }

    private static int number(Node view, int i) {
        return ((Number) literal(view, i)).intValue();
    }

    private static Object literal(Node view, int i) {
        return Objects.requireNonNull(((Argument.Literal) view.arguments().get(i)).value());
    }

    private static Shape shape(Argument argument) {
        if (argument instanceof Argument.ValueReference reference) {
            return reference.value().shape();
        }
        if (argument instanceof Argument.ParameterReference reference) {
            return reference.parameter().getShape();
        }
        return ((Argument.Constant) argument).shape();
    }
}
