package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.intercept.Site;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.QuantizedTensor;
import io.github.djlqat.scheme.Symmetry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Builds quantized graphs by hand. */
final class QuantizedGraphs {

    private final Random random;
    private final List<Node> nodes = new ArrayList<>();
    private final Value input;
    private int next;

    QuantizedGraphs(long seed, long... shape) {
        random = new Random(seed);
        input = value(shape);
    }

    Value input() {
        return input;
    }

    Graph graph(Value output) {
        return new Graph(List.of(input), nodes, List.of(output));
    }

    Value value(long... shape) {
        return new Value(next++, new Shape(shape), DataType.FLOAT32);
    }

    Value add(String op, String site, Shape shape, Argument... arguments) {
        Value output = value(shape.getShape());
        nodes.add(new Node(op, new Site(site, op), List.of(arguments), List.of(output)));
        return output;
    }

    Value fakeQuantize(Value x, IntegerFormat format, float scale, int zeroPoint) {
        return add(
                Node.FAKE_QUANTIZE,
                "quantizer" + next,
                x.shape(),
                ref(x),
                literal(perTensor(format, scale, zeroPoint)));
    }

    Value convolution(Value x, String site, IntegerFormat format, int outputs, int kernel) {
        Shape shape = x.shape();
        QuantizedTensor weight = weight(format, 0, outputs, shape.get(1), kernel, kernel);
        int pad = kernel / 2;
        return add(
                "convolution",
                site,
                new Shape(shape.get(0), outputs, shape.get(2), shape.get(3)),
                ref(x),
                ref(x),
                new Argument.Quantized(site + "_weight", weight),
                new Argument.Constant(site + "_bias", new Shape(outputs), gaussians(outputs)),
                literal(new Shape(1, 1)),
                literal(new Shape(pad, pad)),
                literal(new Shape(1, 1)),
                literal(1));
    }

    Value linear(Value x, String site, QuantizedTensor weight) {
        long outputs = weight.shape().get(0);
        return add(
                "linear",
                site,
                new Shape(x.shape().get(0), outputs),
                ref(x),
                ref(x),
                new Argument.Quantized(site + "_weight", weight),
                new Argument.Constant(
                        site + "_bias", new Shape(outputs), gaussians((int) outputs)));
    }

    QuantizedTensor weight(IntegerFormat format, int axis, long... dims) {
        return weight(format, new Granularity.PerChannel(axis), (int) dims[axis], dims);
    }

    QuantizedTensor weight(
            IntegerFormat format, Granularity granularity, int scaleCount, long... dims) {
        Shape shape = new Shape(dims);
        byte[] codes = new byte[(int) shape.size()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) (format.qmin() + random.nextInt(format.qmax() - format.qmin() + 1));
        }
        float[] scales = new float[scaleCount];
        for (int i = 0; i < scaleCount; i++) {
            scales[i] = (0.3f + random.nextFloat()) / format.qmax();
        }
        int[] zeroPoints = new int[scaleCount];
        if (!format.signed()) {
            Arrays.fill(zeroPoints, (format.qmax() + 1) / 2);
        }
        QuantizationScheme scheme = new QuantizationScheme(format, Symmetry.SYMMETRIC, granularity);
        return new QuantizedTensor(
                shape, codes, new QuantizationParameters(scheme, scales, zeroPoints));
    }

    float[] gaussians(int count) {
        float[] data = new float[count];
        for (int i = 0; i < count; i++) {
            data[i] = (float) random.nextGaussian();
        }
        return data;
    }

    static Argument ref(Value value) {
        return new Argument.ValueReference(value);
    }

    static Argument literal(Object value) {
        return new Argument.Literal(value);
    }

    static QuantizationParameters perTensor(IntegerFormat format, float scale, int zeroPoint) {
        return new QuantizationParameters(
                new QuantizationScheme(format, Symmetry.AFFINE, Granularity.PER_TENSOR),
                new float[] {scale},
                new int[] {zeroPoint});
    }

    /** Rounds one value to the codes and back, as the scheme defines it. */
    static float fakeQuantize(float x, QuantizationParameters parameters) {
        IntegerFormat format = parameters.scheme().format();
        float scale = parameters.scales()[0];
        double code = Math.rint(x * (1f / scale)) + parameters.zeroPoints()[0];
        code = Math.min(Math.max(code, format.qmin()), format.qmax());
        return (float) (code - parameters.zeroPoints()[0]) * scale;
    }
}
