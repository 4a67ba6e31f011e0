package io.github.djlqat.samples.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * How long each kernel took in one round, in nanoseconds; a field for each {@link KernelVariant}.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class KernelTimes {

    /** The time of {@link KernelVariant#COPY}. */
    public long copy;

    /** The time of {@link KernelVariant#TORCH_INT8_PER_TENSOR}. */
    public long torchInt8PerTensor;

    /** The time of {@link KernelVariant#INT8_PER_TENSOR}. */
    public long int8PerTensor;

    /** The time of {@link KernelVariant#TORCH_INT8_PER_CHANNEL}. */
    public long torchInt8PerChannel;

    /** The time of {@link KernelVariant#INT8_PER_CHANNEL}. */
    public long int8PerChannel;

    /** The time of {@link KernelVariant#TORCH_E4M3}. */
    public long torchE4M3;

    /** The time of {@link KernelVariant#E4M3}. */
    public long e4M3;

    /** The time of {@link KernelVariant#TORCH_E5M2}. */
    public long torchE5M2;

    /** The time of {@link KernelVariant#E5M2}. */
    public long e5M2;

    /** The time of {@link KernelVariant#NF4_ENCODE}. */
    public long nf4Encode;

    /** The time of {@link KernelVariant#NF4_DECODE}. */
    public long nf4Decode;

    void record(KernelVariant variant, long nanoseconds) {
        switch (variant) {
            case COPY -> copy = nanoseconds;
            case TORCH_INT8_PER_TENSOR -> torchInt8PerTensor = nanoseconds;
            case INT8_PER_TENSOR -> int8PerTensor = nanoseconds;
            case TORCH_INT8_PER_CHANNEL -> torchInt8PerChannel = nanoseconds;
            case INT8_PER_CHANNEL -> int8PerChannel = nanoseconds;
            case TORCH_E4M3 -> torchE4M3 = nanoseconds;
            case E4M3 -> e4M3 = nanoseconds;
            case TORCH_E5M2 -> torchE5M2 = nanoseconds;
            case E5M2 -> e5M2 = nanoseconds;
            case NF4_ENCODE -> nf4Encode = nanoseconds;
            case NF4_DECODE -> nf4Decode = nanoseconds;
        }
    }

    /** Returns the name of a variant's field, under which JMH reports it. */
    static String counter(KernelVariant variant) {
        return switch (variant) {
            case COPY -> "copy";
            case TORCH_INT8_PER_TENSOR -> "torchInt8PerTensor";
            case INT8_PER_TENSOR -> "int8PerTensor";
            case TORCH_INT8_PER_CHANNEL -> "torchInt8PerChannel";
            case INT8_PER_CHANNEL -> "int8PerChannel";
            case TORCH_E4M3 -> "torchE4M3";
            case E4M3 -> "e4M3";
            case TORCH_E5M2 -> "torchE5M2";
            case E5M2 -> "e5M2";
            case NF4_ENCODE -> "nf4Encode";
            case NF4_DECODE -> "nf4Decode";
        };
    }
}
