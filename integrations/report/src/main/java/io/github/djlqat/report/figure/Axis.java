package io.github.djlqat.report.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** Where the values of one quantity lie between the two ends of an axis. */
final class Axis {

    /** A labelled value of an axis. */
    record Tick(double value, String label) {}

    private enum Form {
        LINEAR,
        LOG,
        /** The logarithm of what is missing to 100. */
        LOG_REST
    }

    private static final double[] REST = {
        100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001
    };

    /** What lies closer together than this is one place. */
    private static final double SMALLEST = 1e-280;

    private final Form form;
    private final double low;
    private final double high;
    private final List<Tick> ticks;

    private Axis(Form form, double low, double high, List<Tick> ticks) {
        this.form = form;
        this.low = low;
        this.high = high;
        this.ticks = List.copyOf(ticks);
    }

    /** An axis from a round number at or below the least to one at or above the largest value. */
    static Axis linear(double least, double largest, int intervals, DoubleFunction<String> label) {
        double span = largest - least;
        double from = least;
        double to = largest;
        double magnitude = Math.max(Math.abs(least), Math.abs(largest));
        if (!(span > Math.max(magnitude * 1e-12, SMALLEST))) {
            double pad = least == 0 ? 1 : Math.max(Math.abs(least) * 0.05, SMALLEST);
            from = least - pad;
            to = largest + pad;
        }
        double step = step((to - from) / intervals);
        long first = (long) Math.floor(from / step + 1e-9);
        long last = (long) Math.ceil(to / step - 1e-9);
        List<Tick> ticks = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            ticks.add(new Tick(i * step, label.apply(i * step)));
        }
        return new Axis(Form.LINEAR, first * step, last * step, ticks);
    }

    /** An axis whose ticks have as many places as their distance asks for. */
    static Axis linear(double least, double largest, int intervals) {
        Axis bare = linear(least, largest, intervals, value -> "");
        double step = bare.ticks.get(1).value() - bare.ticks.get(0).value();
        List<Tick> ticks =
                bare.ticks.stream()
                        .map(t -> new Tick(t.value(), Numbers.tick(t.value(), step)))
                        .toList();
        return new Axis(Form.LINEAR, bare.low, bare.high, ticks);
    }

    /** An axis that ends where it is told to, with round numbers between. */
    static Axis between(double low, double high, int intervals) {
        List<Tick> ticks = new ArrayList<>();
        if (!(high - low > Math.max(Math.abs(low) * 1e-12, SMALLEST))) {
            return new Axis(Form.LINEAR, low, high, ticks);
        }
        double step = step((high - low) / intervals);
        for (double i = Math.ceil(low / step - 1e-9); i <= Math.floor(high / step + 1e-9); i++) {
            ticks.add(new Tick(i * step, Numbers.tick(i * step, step)));
        }
        return new Axis(Form.LINEAR, low, high, ticks);
    }

    /** The least of 1, 2, 5, 10, … times a power of ten that is not below a distance. */
    static double step(double distance) {
        double power = Math.pow(10, Math.floor(Math.log10(distance)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= distance * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    /** A logarithmic axis; both values are positive. */
    static Axis log(double least, double largest, DoubleFunction<String> label) {
        double from = Math.log10(Math.max(least, SMALLEST));
        double to = Math.log10(Math.max(largest, SMALLEST));
        List<Tick> ticks = new ArrayList<>();
        double[] factors =
                to - from > 2.2
                        ? new double[] {1}
                        : to - from > 1.2 ? new double[] {1, 3} : new double[] {1, 2, 5};
        int stride = (int) Math.max(1, Math.ceil((to - from) / 5));
        double low = Math.floor(from * (1 + 1e-12));
        for (int exponent = (int) low; exponent <= Math.ceil(to); exponent += stride) {
            for (double factor : factors) {
                double value = factor * Math.pow(10, exponent);
                ticks.add(new Tick(value, label.apply(value)));
            }
        }
        double start = last(ticks, Math.max(least, SMALLEST));
        double end = first(ticks, Math.max(largest, start * 2));
        return new Axis(
                Form.LOG,
                start,
                end,
                ticks.stream().filter(t -> t.value() >= start && t.value() <= end).toList());
    }

    private static double last(List<Tick> ticks, double limit) {
        return ticks.stream()
                .mapToDouble(Tick::value)
                .filter(value -> value <= limit * (1 + 1e-9))
                .max()
                .orElse(limit);
    }

    private static double first(List<Tick> ticks, double limit) {
        return ticks.stream()
                .mapToDouble(Tick::value)
                .filter(value -> value >= limit * (1 - 1e-9))
                .min()
                .orElse(limit);
    }

    /**
     * An axis of percentages on which 90, 99 and 99.9 lie equally far apart, for values of which
     * some are near to 100 and some are not.
     */
    static Axis rest(double least, double largest) {
        List<Tick> ticks = new ArrayList<>();
        double low = 0;
        double high = 100 - REST[REST.length - 1];
        for (double rest : REST) {
            double value = 100 - rest;
            low = value <= least ? value : low;
            high = value >= largest && high > value ? value : high;
        }
        for (double rest : REST) {
            double value = 100 - rest;
            if (value >= low && value <= high) {
                ticks.add(new Tick(value, Numbers.fixed(value, places(rest))));
            }
        }
        return new Axis(Form.LOG_REST, low, high, ticks);
    }

    private static int places(double rest) {
        return rest >= 1 ? 0 : rest >= 0.1 ? 1 : rest >= 0.01 ? 2 : 3;
    }

    List<Tick> ticks() {
        return ticks;
    }

    double low() {
        return low;
    }

    double high() {
        return high;
    }

    boolean isLinear() {
        return form == Form.LINEAR;
    }

    /** Returns where a value lies: 0 at the lower end, 1 at the upper, no further than these. */
    double position(double value) {
        double clamped = Math.min(Math.max(value, low), high);
        double position =
                (transform(clamped) - transform(low)) / (transform(high) - transform(low));
        return Math.min(Math.max(position, 0), 1);
    }

    private double transform(double value) {
        return switch (form) {
            case LINEAR -> value;
            case LOG -> Math.log(value);
            case LOG_REST -> -Math.log(100 - value);
        };
    }
}
