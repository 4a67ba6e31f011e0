package io.github.djlqat.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One operation on its way through a chain of interceptors. */
public final class OpCall {

    private final ForwardPass pass;
    private final Invocation invocation;
    private final Site site;
    private final List<@Nullable Object> arguments;
    private final int next;

    OpCall(
            ForwardPass pass,
            Invocation invocation,
            Site site,
            List<@Nullable Object> arguments,
            int next) {
        this.pass = pass;
        this.invocation = invocation;
        this.site = site;
        this.arguments = Collections.unmodifiableList(arguments);
        this.next = next;
    }

    /**
     * Returns the name of the method of {@code NDArray}, {@code NDArrayEx} or {@code NDManager}
     * that was called.
     *
     * @return the op
     */
    public String op() {
        return site.op();
    }

    /**
     * Returns where in the model the operation is.
     *
     * @return the site
     */
    public Site site() {
        return site;
    }

    /**
     * Returns the arguments in the order of the Java method, after the receiver array (which an
     * operation of a manager does not have). Arrays are the plain ones, never wrapped.
     *
     * @return an unmodifiable list
     */
    public List<@Nullable Object> arguments() {
        return arguments;
    }

    /**
     * Returns whether the first argument is the array that the method was called on, rather than a
     * manager's method.
     *
     * @return true if there is a receiver array
     */
    public boolean hasReceiver() {
        return invocation.receiver() instanceof NDArray || invocation.isExtension();
    }

    /**
     * Returns whether the method belongs to {@code NDArrayEx}, whose neural network functions take
     * their input again as the argument behind the receiver.
     *
     * @return true for a method of {@code NDArrayEx}
     */
    public boolean isExtension() {
        return invocation.isExtension();
    }

    /**
     * Returns whether the operation changes its receiver.
     *
     * @return true for methods such as {@code addi} and {@code set}
     */
    public boolean isInPlace() {
        return invocation.isInPlace();
    }

    /**
     * Returns whether the operation is part of a computation whose roundings are prescribed, which
     * must not be computed in another precision.
     *
     * @return true within {@link Exact#run}
     */
    public boolean isExact() {
        return pass.isExact();
    }

    /**
     * Returns the model's parameter that an array is the value of.
     *
     * @param argument an argument of this call
     * @return the parameter, or empty for any other object
     */
    public Optional<NamedParameter> parameter(@Nullable Object argument) {
        return pass.parameter(argument);
    }

    /**
     * Returns the manager that the operation's results are attached to.
     *
     * @return the receiver's manager
     */
    public NDManager manager() {
        return invocation.manager();
    }

    /**
     * Returns the forward pass the call belongs to.
     *
     * @return the pass
     */
    public ForwardPass pass() {
        return pass;
    }

    /**
     * Runs the rest of the chain and the operation with the arguments as they are.
     *
     * @return what it returns
     */
    public NDList proceed() {
        return pass.proceed(invocation, site, arguments, next);
    }

    /**
     * Runs the rest of the chain and the operation with other arguments.
     *
     * @param changed as many arguments as before
     * @return what it returns
     * @throws IllegalArgumentException if the number of arguments differs
     */
    public NDList proceed(List<@Nullable Object> changed) {
        if (changed.size() != arguments.size()) {
            throw new IllegalArgumentException(
                    site
                            + " takes "
                            + arguments.size()
                            + " arguments, not "
                            + changed.size()
                            + ".");
        }
        return pass.proceed(invocation, site, new ArrayList<>(changed), next);
    }

    @Override
    public String toString() {
        return site.toString();
    }
}
