package io.github.djlqat.torchscript.pickle;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The names that a TorchScript pickle may refer to. */
final class Globals {

    static final String REBUILD_TENSOR = "torch._utils._rebuild_tensor_v2";
    static final String ORDERED_DICT = "collections.OrderedDict";
    static final String COMPLEX = "builtins.complex";
    static final String RESTORE_TYPE_TAG = "torch.jit._pickle.restore_type_tag";
    static final String LIST_BUILDERS = "torch.jit._pickle.";

    /** The root of all classes that TorchScript compiles. */
    static final String SCRIPT_ROOT = "__torch__";

    /** Functions whose calls are kept as {@link CallValue}s. */
    private static final Set<String> KEPT_FUNCTIONS =
            Set.of(
                    "torch.device",
                    ORDERED_DICT,
                    "torch._utils._rebuild_parameter",
                    "torch._utils._rebuild_qtensor",
                    "torch._utils._rebuild_sparse_tensor",
                    "torch._utils._rebuild_meta_tensor_no_storage");

    private static final Set<String> LIST_FUNCTIONS =
            Arrays.stream(ListKind.values())
                    .filter(kind -> kind != ListKind.GENERIC)
                    .map(kind -> LIST_BUILDERS + kind.builder())
                    .collect(Collectors.toUnmodifiableSet());

    /** Names that are arguments of {@link #KEPT_FUNCTIONS}. */
    private static final Set<String> KEPT_NAMES =
            Set.of(
                    "torch.per_tensor_affine",
                    "torch.per_channel_affine",
                    "torch.per_channel_affine_float_qparams",
                    "torch.per_tensor_symmetric",
                    "torch.per_channel_symmetric");

    /** The argument of a tensor for its backward hooks, which are never saved. */
    static final PickleValue NO_HOOKS = new CallValue(ORDERED_DICT, List.of());

    private Globals() {}

    static boolean isScriptClass(String name) {
        return name.startsWith(SCRIPT_ROOT + ".");
    }

    static boolean isFunction(String name) {
        return KEPT_FUNCTIONS.contains(name)
                || name.equals(REBUILD_TENSOR)
                || name.equals(COMPLEX)
                || name.equals(RESTORE_TYPE_TAG)
                || LIST_FUNCTIONS.contains(name);
    }

    static boolean isKeptFunction(String name) {
        return KEPT_FUNCTIONS.contains(name);
    }

    static boolean isKeptName(String name) {
        return KEPT_NAMES.contains(name);
    }
}
