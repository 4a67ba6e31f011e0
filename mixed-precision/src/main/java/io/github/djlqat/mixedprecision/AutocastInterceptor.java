package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.intercept.ForwardPass;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.intercept.Opaque;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.kernel.TensorKernel;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Casts the operands of each operation as the policy says.
 *
 * <p>All arrays that the model sees are in single precision. Those of a 16-bit type hold its
 * values, and are remembered to be of it.
 */
final class AutocastInterceptor implements Interceptor {

    private final Autocast settings;
    private final Kernels kernels;
    private final Float8Scales scales;
    private final @Nullable WeightCopies copies;

    /**
     * Autocasts.
     *
     * @param settings the settings
     * @param kernels the kernels
     * @param scales the scales of FP8 tensors
     * @param copies the copies of weights, or null to cast them in each forward
     */
    AutocastInterceptor(
            Autocast settings,
            Kernels kernels,
            Float8Scales scales,
            @Nullable WeightCopies copies) {
        this.settings = settings;
        this.kernels = kernels;
        this.scales = scales;
        this.copies = copies;
    }

    @Override
    public NDList intercept(OpCall call) {
        if (call.isExact()) {
            return call.proceed();
        }
        Casts casts = casts(call.pass());
        if (call.isInPlace()) {
            NDList results = promote(call, casts);
            casts.forget();
            return results;
        }
        if (ToType.is(call)) {
            return toType(call, casts);
        }
        if (settings.policy().lowPrecision().contains(call.op())) {
            return low(call, casts);
        }
        return settings.policy().singlePrecision().contains(call.op())
                ? call.proceed(Operands.map(call.arguments(), (i, x) -> single(call, x)))
                : promote(call, casts);
    }

    @Override
    public void complete(ForwardPass pass, NDList outputs) {
        if (pass.training()) {
            casts(pass).updateScales();
        }
    }

    /** Whether an array is of the low type. */
    boolean isLow(ForwardPass pass, NDArray array) {
        return casts(pass).isLow(array);
    }

    private Casts casts(ForwardPass pass) {
        return pass.state(this, Casts::new);
    }

    /** A cast by the model itself, to a type that arrays of the model may only be of in effect. */
    private NDList toType(OpCall call, Casts casts) {
        NDArray x = (NDArray) Objects.requireNonNull(call.arguments().get(0));
        DataType type = ToType.type(call);
        if (type == DataType.BFLOAT16) {
            NDArray wide =
                    Operands.isCastable(x)
                            ? x
                            : call.proceed(ToType.to(DataType.FLOAT32, call)).singletonOrThrow();
            NDArray rounded = run(call, manager(call, x), CastKernel.ROUND_BFLOAT16, List.of(wide));
            if (settings.precision() == Precision.BFLOAT16) {
                casts.markLow(rounded);
            }
            return new NDList(rounded);
        }
        if (type == DataType.FLOAT32 && casts.isLow(x)) {
            // The array itself would go on to be of the low type.
            return new NDList(run(call, manager(call, x), CastKernel.TO_FLOAT32, List.of(x)));
        }
        return call.proceed();
    }

    private NDList low(OpCall call, Casts casts) {
        if (Operands.arrays(call.arguments()).stream().noneMatch(Operands::isCastable)) {
            return call.proceed();
        }
        if (NativeHalf.isChosen(settings, call.manager())) {
            CastKernel half = CastKernel.casting(settings.precision());
            boolean keeps = keepsHalf(call);
            Optional<NativeKernel> kernel =
                    HalfKernel.of(call, half, keeps ? half : CastKernel.TO_FLOAT32);
            if (kernel.isPresent()) {
                return computeNatively(call, kernel.get(), casts, keeps);
            }
        }
        NDList results =
                call.proceed(Operands.map(call.arguments(), (i, x) -> operand(call, i, x, casts)));
        return settings.precision().isHalf() ? rounded(call, results, casts) : results;
    }

    private NDList computeNatively(OpCall call, NativeKernel kernel, Casts casts, boolean keeps) {
        List<NDArray> operands =
                kernel.operands().stream()
                        .map(i -> nativeOperand(call, (NDArray) call.arguments().get(i)))
                        .toList();
        NDArray result = run(call, call.manager(), kernel, operands);
        if (keeps) {
            keep(call, result, casts);
        } else {
            casts.markLow(result);
        }
        return new NDList(result);
    }

    /**
     * Whether native results stay in half precision, which nobody reads but this interceptor: not
     * where arrays are wrapped for another forward pass around this one.
     */
    private static boolean keepsHalf(OpCall call) {
        return call.pass().hasOneInterceptor()
                && Operands.arrays(call.arguments()).stream()
                        .noneMatch(array -> Proxy.isProxyClass(array.getClass()));
    }

    private void keep(OpCall call, NDArray half, Casts casts) {
        casts.markKept(half);
        call.pass()
                .keepPrivately(
                        half,
                        DataType.FLOAT32,
                        () -> {
                            NDArray single =
                                    kernels.run(
                                            half.getManager(),
                                            CastKernel.TO_FLOAT32,
                                            new NDList(half));
                            casts.markLow(single);
                            return single;
                        });
    }

    /** Passes half precision on without a detour, or returns null where that cannot be. */
    private @Nullable NDList pass(OpCall call, Casts casts) {
        if (Operands.arrays(call.arguments()).stream().noneMatch(casts::isKept)) {
            return null;
        }
        NativeKernel kernel =
                PassingKernel.of(call, CastKernel.casting(settings.precision())).orElse(null);
        if (kernel == null) {
            return null;
        }
        List<NDArray> operands =
                kernel.operands().stream().map(i -> (NDArray) call.arguments().get(i)).toList();
        NDArray result = run(call, call.manager(), kernel, operands);
        keep(call, result, casts);
        return new NDList(result);
    }

    /** A kernel casts what it is given, so only copies that are kept are cast before. */
    private NDArray nativeOperand(OpCall call, NDArray x) {
        return isKept(call, x) ? copy(call, x, CastKernel.casting(settings.precision())) : x;
    }

    /** Drops elements beside native kernels, or returns null where that is not what is asked. */
    private @Nullable NDList drop(OpCall call, Casts casts) {
        if (!call.op().equals("dropout") || !NativeHalf.isChosen(settings, call.manager())) {
            return null;
        }
        NDArray x = DropoutKernel.input(call);
        if (!Operands.isCastable(x) || x.getDataType() == DataType.FLOAT16) {
            return null;
        }
        boolean kept = casts.isKept(x);
        CastKernel type = kept ? CastKernel.casting(settings.precision()) : CastKernel.TO_FLOAT32;
        NativeKernel kernel = DropoutKernel.of(call, type).orElse(null);
        if (kernel == null) {
            return null;
        }
        NDArray result = run(call, call.manager(), kernel, List.of(x));
        if (kept) {
            keep(call, result, casts);
        } else if (casts.isLow(x)) {
            casts.markLow(result);
        }
        return new NDList(result);
    }

    private NDArray operand(OpCall call, int position, NDArray x, Casts casts) {
        if (casts.isLow(x)) {
            return x;
        }
        return switch (settings.precision()) {
            case FLOAT32 -> x;
            case BFLOAT16, FLOAT16 -> {
                CastKernel kernel = CastKernel.rounding(settings.precision());
                yield isKept(call, x)
                        ? copy(call, x, kernel)
                        : casts.once(x, () -> run(call, manager(call, x), kernel, List.of(x)));
            }
            case TF32, FLOAT8 -> {
                ScaledOperand scaled = new ScaledOperand(settings.precision(), kernels);
                yield isKept(call, x)
                        ? kept().get(x, scaled, m -> scaled(call, m, scaled, position, x, casts))
                        : casts.once(
                                x,
                                () -> scaled(call, manager(call, x), scaled, position, x, casts));
            }
        };
    }

    private NDArray scaled(
            OpCall call,
            NDManager manager,
            ScaledOperand operand,
            int position,
            NDArray x,
            Casts casts) {
        NDArray wide = single(call, x);
        float scale = 1;
        if (settings.precision() == Precision.FLOAT8) {
            String name = name(call, position, x);
            AmaxHistory history = scales.history(name);
            boolean stepped = call.pass().training() && isKept(call, x);
            Float known = stepped ? scales.ofStep(name) : null;
            scale = known == null ? history.scale() : known;
            if (call.pass().training() && known == null && !x.isEmpty()) {
                try (NDArray magnitude = run(call, manager, new Magnitude(), List.of(wide))) {
                    casts.record(history, magnitude.getFloat());
                }
            }
            if (stepped) {
                scales.keepForStep(name, scale);
            }
        }
        float factor = scale;
        return Opaque.run(
                "Autocasting",
                manager,
                List.of(wide),
                (m, plain) -> operand.round(m, plain.get(0), factor));
    }

    private static String name(OpCall call, int position, NDArray x) {
        return call.parameter(x)
                .map(parameter -> parameter.name())
                .orElseGet(() -> call.site().name() + "." + call.op() + "." + position);
    }

    private boolean isKept(OpCall call, NDArray x) {
        return copies != null && call.parameter(x).isPresent() && WeightCopies.keeps(x);
    }

    private WeightCopies kept() {
        return Objects.requireNonNull(copies);
    }

    private NDArray copy(OpCall call, NDArray x, CastKernel kernel) {
        return kept().get(x, kernel, m -> kernels.run(m, kernel, new NDList(x)));
    }

    /** A weight lives as long as the model; what is computed from it must go with the batch. */
    private static NDManager manager(OpCall call, NDArray x) {
        if (call.parameter(x).isEmpty()) {
            return x.getManager();
        }
        return call.pass().inputManager().orElseGet(call::manager);
    }

    private NDArray single(OpCall call, NDArray x) {
        return x.getDataType() == DataType.FLOAT16
                ? run(call, manager(call, x), CastKernel.TO_FLOAT32, List.of(x))
                : x;
    }

    private NDList promote(OpCall call, Casts casts) {
        boolean low = settings.precision().isHalf() && Promotion.isLow(call, casts);
        NDList dropped = drop(call, casts);
        if (dropped != null) {
            return dropped;
        }
        if (low && !call.isInPlace()) {
            NDList passed = pass(call, casts);
            if (passed != null) {
                return passed;
            }
        }
        NDList results = call.proceed();
        if (call.op().equals("zeros")) {
            results.forEach(casts::markZero);
        }
        if (!low) {
            return results;
        }
        // Between native kernels, which cast what they are given, rounding costs what they save.
        if (Promotion.isExact(call.op()) || NativeHalf.isChosen(settings, call.manager())) {
            results.stream().filter(Operands::isCastable).forEach(casts::markLow);
            return results;
        }
        return rounded(call, results, casts);
    }

    private NDList rounded(OpCall call, NDList results, Casts casts) {
        Set<NDArray> given = Collections.newSetFromMap(new IdentityHashMap<>());
        given.addAll(Operands.arrays(call.arguments()));
        NDList list = new NDList(results.size());
        for (NDArray result : results) {
            if (!Operands.isCastable(result)) {
                list.add(result);
                continue;
            }
            CastKernel kernel = CastKernel.rounding(settings.precision());
            NDArray rounded = run(call, result.getManager(), kernel, List.of(result));
            if (!given.contains(result)) {
                result.close();
            }
            casts.markLow(rounded);
            list.add(rounded);
        }
        return list;
    }

    private NDArray run(OpCall call, NDManager manager, TensorKernel kernel, List<NDArray> inputs) {
        return Opaque.run(
                call.op(),
                manager,
                inputs,
                (m, plain) -> kernels.run(m, kernel, new NDList(plain)));
    }
}
