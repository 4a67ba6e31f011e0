package io.github.djlqat.samples.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * How long one step of each variant took in one round, in nanoseconds; a field for each {@link
 * PrecisionVariant}.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class PrecisionTimes {

    /** The time of {@link PrecisionVariant#RES_NET_DJL}. */
    public long resNetDjl;

    /** The time of {@link PrecisionVariant#RES_NET_FP32}. */
    public long resNetFp32;

    /** The time of {@link PrecisionVariant#RES_NET_BF16}. */
    public long resNetBf16;

    /** The time of {@link PrecisionVariant#RES_NET_TF32}. */
    public long resNetTf32;

    /** The time of {@link PrecisionVariant#RES_NET_FP16}. */
    public long resNetFp16;

    /** The time of {@link PrecisionVariant#RES_NET_FP8}. */
    public long resNetFp8;

    /** The time of {@link PrecisionVariant#MLP_FP32}. */
    public long mlpFp32;

    /** The time of {@link PrecisionVariant#MLP_BF16}. */
    public long mlpBf16;

    /** The time of {@link PrecisionVariant#TRANSFORMER_FP32}. */
    public long transformerFp32;

    /** The time of {@link PrecisionVariant#TRANSFORMER_BF16}. */
    public long transformerBf16;

    /** The time of {@link PrecisionVariant#WIDE_TRANSFORMER_FP32}. */
    public long wideTransformerFp32;

    /** The time of {@link PrecisionVariant#WIDE_TRANSFORMER_BF16}. */
    public long wideTransformerBf16;

    void record(PrecisionVariant variant, long nanoseconds) {
        switch (variant) {
            case RES_NET_DJL -> resNetDjl = nanoseconds;
            case RES_NET_FP32 -> resNetFp32 = nanoseconds;
            case RES_NET_BF16 -> resNetBf16 = nanoseconds;
            case RES_NET_TF32 -> resNetTf32 = nanoseconds;
            case RES_NET_FP16 -> resNetFp16 = nanoseconds;
            case RES_NET_FP8 -> resNetFp8 = nanoseconds;
            case MLP_FP32 -> mlpFp32 = nanoseconds;
            case MLP_BF16 -> mlpBf16 = nanoseconds;
            case TRANSFORMER_FP32 -> transformerFp32 = nanoseconds;
            case TRANSFORMER_BF16 -> transformerBf16 = nanoseconds;
            case WIDE_TRANSFORMER_FP32 -> wideTransformerFp32 = nanoseconds;
            case WIDE_TRANSFORMER_BF16 -> wideTransformerBf16 = nanoseconds;
        }
    }

    /** Returns the name of a variant's field, under which JMH reports it. */
    static String counter(PrecisionVariant variant) {
        return switch (variant) {
            case RES_NET_DJL -> "resNetDjl";
            case RES_NET_FP32 -> "resNetFp32";
            case RES_NET_BF16 -> "resNetBf16";
            case RES_NET_TF32 -> "resNetTf32";
            case RES_NET_FP16 -> "resNetFp16";
            case RES_NET_FP8 -> "resNetFp8";
            case MLP_FP32 -> "mlpFp32";
            case MLP_BF16 -> "mlpBf16";
            case TRANSFORMER_FP32 -> "transformerFp32";
            case TRANSFORMER_BF16 -> "transformerBf16";
            case WIDE_TRANSFORMER_FP32 -> "wideTransformerFp32";
            case WIDE_TRANSFORMER_BF16 -> "wideTransformerBf16";
        };
    }
}
