package io.github.djlqat.samples.benchmarks;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import io.github.djlqat.mixedprecision.MixedPrecision;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.mixedprecision.Precision;
import io.github.djlqat.samples.common.model.CifarResNet;
import org.jspecify.annotations.Nullable;

/** A network and what it is trained in. */
public enum PrecisionVariant {
    /** ResNet-20, batch 64, by DJL's own trainer. */
    RES_NET_DJL("resnet20-djl", Network.RES_NET, null),
    /** ResNet-20 in single precision. */
    RES_NET_FP32("resnet20-fp32", Network.RES_NET, Precision.FLOAT32),
    /** ResNet-20 in BF16. */
    RES_NET_BF16("resnet20-bf16", Network.RES_NET, Precision.BFLOAT16),
    /** ResNet-20 in TF32. */
    RES_NET_TF32("resnet20-tf32", Network.RES_NET, Precision.TF32),
    /** ResNet-20 in FP16, with dynamic loss scaling. */
    RES_NET_FP16("resnet20-fp16", Network.RES_NET, Precision.FLOAT16),
    /** ResNet-20 in FP8, with delayed scaling. */
    RES_NET_FP8("resnet20-fp8", Network.RES_NET, Precision.FLOAT8),
    /** Five layers of 1024 units, batch 256, in single precision. */
    MLP_FP32("mlp-fp32", Network.MLP, Precision.FLOAT32),
    /** The same in BF16. */
    MLP_BF16("mlp-bf16", Network.MLP, Precision.BFLOAT16),
    /** Two encoder layers of 256 features, 16 sequences of 64, in single precision. */
    TRANSFORMER_FP32("transformer-fp32", Network.TRANSFORMER, Precision.FLOAT32),
    /** The same in BF16. */
    TRANSFORMER_BF16("transformer-bf16", Network.TRANSFORMER, Precision.BFLOAT16),
    /** Two encoder layers of BERT-Small's width, 8 sequences of 128, in single precision. */
    WIDE_TRANSFORMER_FP32("transformer512-fp32", Network.WIDE_TRANSFORMER, Precision.FLOAT32),
    /** The same in BF16. */
    WIDE_TRANSFORMER_BF16("transformer512-bf16", Network.WIDE_TRANSFORMER, Precision.BFLOAT16);

    private final String label;
    private final Network network;
    private final @Nullable Precision precision;

    PrecisionVariant(String label, Network network, @Nullable Precision precision) {
        this.label = label;
        this.network = network;
        this.precision = precision;
    }

    /**
     * Returns the variant's name in results.
     *
     * @return the name
     */
    public String label() {
        return label;
    }

    /**
     * Returns the variant of a name.
     *
     * @param label what {@link #label()} returns
     * @return the variant
     * @throws IllegalArgumentException if there is none
     */
    public static PrecisionVariant labelled(String label) {
        for (PrecisionVariant variant : values()) {
            if (variant.label.equals(label)) {
                return variant;
            }
        }
        throw new IllegalArgumentException("There is no variant \"" + label + "\".");
    }

    Block block() {
        return network.block();
    }

    Shape input() {
        return network.input;
    }

    Trainer trainer(Model model, TrainingConfig config) {
        return precision == null
                ? model.newTrainer(config)
                : new MixedPrecisionTrainer(model, config, MixedPrecision.of(precision));
    }

    /** The variant that this one is compared with; itself where it is one. */
    PrecisionVariant reference() {
        return switch (this) {
            case RES_NET_DJL, RES_NET_FP32 -> RES_NET_DJL;
            case RES_NET_BF16, RES_NET_TF32, RES_NET_FP16, RES_NET_FP8 -> RES_NET_FP32;
            case MLP_FP32, MLP_BF16 -> MLP_FP32;
            case TRANSFORMER_FP32, TRANSFORMER_BF16 -> TRANSFORMER_FP32;
            case WIDE_TRANSFORMER_FP32, WIDE_TRANSFORMER_BF16 -> WIDE_TRANSFORMER_FP32;
        };
    }

    private enum Network {
        RES_NET(new Shape(64, 3, 32, 32)),
        MLP(new Shape(256, 1024)),
        TRANSFORMER(new Shape(16, 64, 256)),
        WIDE_TRANSFORMER(new Shape(8, 128, 512));

        private static final int CLASSES = 10;

        private final Shape input;

        Network(Shape input) {
            this.input = input;
        }

        Block block() {
            return switch (this) {
                case RES_NET -> CifarResNet.resNet20();
                case MLP -> mlp();
                case TRANSFORMER -> transformer(256, 4);
                case WIDE_TRANSFORMER -> transformer(512, 8);
            };
        }

        private static Block mlp() {
            SequentialBlock block = new SequentialBlock();
            for (int layer = 0; layer < 4; layer++) {
                block.add(Linear.builder().setUnits(1024).build()).add(Activation.reluBlock());
            }
            return block.add(Linear.builder().setUnits(CLASSES).build());
        }

        private static Block transformer(int width, int heads) {
            SequentialBlock block = new SequentialBlock();
            for (int layer = 0; layer < 2; layer++) {
                block.add(
                        new TransformerEncoderBlock(
                                width, heads, 4 * width, 0.1f, Activation::relu));
            }
            return block.add(LambdaBlock.singleton(x -> x.mean(new int[] {1})))
                    .add(Linear.builder().setUnits(CLASSES).build());
        }
    }

    static NDArray labels(NDManager manager, long batch) {
        return manager.arange((int) batch).toType(DataType.INT64, false).mod(Network.CLASSES);
    }
}
