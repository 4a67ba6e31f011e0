package io.github.djlqat.intercept;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MethodKindTest {

    /** What an array tells of itself without its values, and texts meant for people. */
    private static final Set<String> DESCRIBE =
            Set.of(
                    "getName",
                    "getUid",
                    "getDataType",
                    "getDevice",
                    "getShape",
                    "getSparseFormat",
                    "isSparse",
                    "isScalar",
                    "isEmpty",
                    "isReleased",
                    "hasGradient",
                    "size",
                    "shapeEquals",
                    "getResourceNDArrays",
                    "getManager",
                    "getNDArrayInternal",
                    "toDebugString");

    private static List<Method> methods() {
        return Stream.of(NDArray.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .toList();
    }

    @Test
    void everyMethodThatReturnsSomethingElseThanArraysIsKnownToReadValuesOrNotTo() {
        List<String> unknown =
                methods().stream()
                        .filter(method -> method.getReturnType() != void.class)
                        .filter(method -> !NDArray.class.isAssignableFrom(method.getReturnType()))
                        .filter(method -> !NDList.class.isAssignableFrom(method.getReturnType()))
                        .filter(
                                method ->
                                        MethodKind.of(method) != MethodKind.READ
                                                && MethodKind.of(method) != MethodKind.BUFFER)
                        .map(Method::getName)
                        .filter(name -> !DESCRIBE.contains(name))
                        .toList();
        assertThat(unknown).isEmpty();
    }

    @Test
    void readersAreTheseAndNoOthers() {
        assertThat(
                        methods().stream()
                                .filter(method -> MethodKind.of(method) == MethodKind.READ)
                                .map(Method::getName)
                                .distinct())
                .containsExactlyInAnyOrder(
                        "encode",
                        "toArray",
                        "toBooleanArray",
                        "toByteArray",
                        "toDoubleArray",
                        "toFloatArray",
                        "toIntArray",
                        "toLongArray",
                        "toShortArray",
                        "toStringArray",
                        "toUint8Array",
                        "toUnsignedIntArray",
                        "toUnsignedShortArray",
                        "getBoolean",
                        "getByte",
                        "getDouble",
                        "getFloat",
                        "getInt",
                        "getLong",
                        "getUint8",
                        "getAsBytes",
                        "getAsObject",
                        "getAsString",
                        "contentEquals",
                        "allClose",
                        "copyTo");
        assertThat(
                        Stream.of(NDArrayEx.class, NDManager.class)
                                .flatMap(type -> Arrays.stream(type.getMethods()))
                                .filter(method -> MethodKind.of(method) == MethodKind.READ))
                .isEmpty();
    }
}
