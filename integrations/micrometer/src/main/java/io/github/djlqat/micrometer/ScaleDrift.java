package io.github.djlqat.micrometer;

/** The mean relative change of scales, \( \frac{1}{n} \sum_i |s_i / s_i^0 - 1| \). */
final class ScaleDrift {

    private ScaleDrift() {}

    static double between(float[] first, float[] now) {
        double sum = 0;
        for (int i = 0; i < first.length; i++) {
            sum += Math.abs((double) now[i] / first[i] - 1);
        }
        return sum / first.length;
    }
}
