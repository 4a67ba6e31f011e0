package io.github.djlqat.recipe;

import java.util.List;

/**
 * Recipes that are refused. The mark {@code §} stands before the offending token, at the line and
 * column that the refusal has to name; {@link #text} is without it.
 */
final class BadRecipes {

    /**
     * A recipe that is refused.
     *
     * @param title what is wrong
     * @param format the notation
     * @param marked the text with its mark
     * @param structural whether the JSON Schema refuses it too
     * @param said what the message has to say
     */
    record Bad(
            String title,
            RecipeFormat format,
            String marked,
            boolean structural,
            List<String> said) {

        String text() {
            return marked.replace("§", "");
        }

        int line() {
            return (int)
                            marked.substring(0, marked.indexOf('§'))
                                    .chars()
                                    .filter(c -> c == '\n')
                                    .count()
                    + 1;
        }

        int column() {
            return marked.indexOf('§') - marked.lastIndexOf('\n', marked.indexOf('§'));
        }

        @Override
        public String toString() {
            return title + " in " + format;
        }
    }

    private BadRecipes() {}

    static List<Bad> all() {
        return List.of(
                yaml(
                        "estimator of activations on weights",
                        false,
                        "name: x\nweights: {format: int4, estimator: §pact}",
                        "weights.estimator",
                        "pact is for activations"),
                yaml(
                        "estimator with another format",
                        false,
                        "name: x\nweights: {format: int4, estimator: §bitnet}",
                        "weights.estimator",
                        "bitnet does not round to int4",
                        "ternary"),
                yaml(
                        "estimator with an observer",
                        false,
                        "name: x\nweights: {format: int3, estimator: apot, observer: §mse}",
                        "weights.observer",
                        "has a rule of its own"),
                yaml(
                        "estimator of rounding with a learned scale",
                        false,
                        "name: x\nweights: {format: int4, learning: lsq, estimator: §stochastic-rounding}",
                        "weights.estimator",
                        "stochastic-rounding",
                        "legal are observed scales"),
                yaml(
                        "estimator of rounding without integers",
                        false,
                        "name: x\nactivations: {format: float8_e4m3fn, estimator: §additive-noise}",
                        "activations.estimator",
                        "is for integer formats"),
                yaml(
                        "unknown estimator",
                        true,
                        "name: x\nweights: {format: int4, estimator: §lsqplus}",
                        "weights.estimator",
                        "\"lsqplus\"",
                        "lsq-plus"),
                yaml(
                        "share beyond one",
                        false,
                        "name: x\nweights: {format: int4}\ntraining: {quantizedShare: §1.5}",
                        "training.quantizedShare",
                        "1.5"),
                yaml(
                        "unknown key",
                        true,
                        "name: x\n§weigths: {format: int8}",
                        "\"weigths\"",
                        "weights",
                        "training",
                        "Did you mean weights?"),
                json(
                        "unknown key",
                        true,
                        "{\"name\": \"x\",\n \"weights\": {\"format\": \"int8\",\n  §\"bits\": 8}}",
                        "\"bits\"",
                        "narrowRange"),
                yaml(
                        "unknown format",
                        true,
                        "name: x\nweights:\n  format: §int9",
                        "weights.format",
                        "\"int9\"",
                        "int2",
                        "uint8",
                        "Did you mean"),
                json(
                        "unknown format",
                        true,
                        "{\"name\": \"x\",\n\"weights\":\n{\"format\": §\"float8\"}}",
                        "\"float8\"",
                        "int8"),
                yaml(
                        "unknown enum",
                        true,
                        "name: x\nweights: {format: int8,\n  observer: §minmax}",
                        "\"minmax\"",
                        "min-max, moving-average",
                        "Did you mean min-max?"),
                json(
                        "unknown enum",
                        true,
                        "{\"name\": \"x\", \"weights\": {\"format\": \"int8\",\n\"symmetry\": §\"asymmetric\"}}",
                        "\"asymmetric\"",
                        "symmetric, affine"),
                yaml(
                        "unknown position",
                        true,
                        "name: x\nweights: {format: int8}\nrules:\n- {name: a, exclude: true}\n- {position: §middle, exclude: true}",
                        "rules.1.position",
                        "\"middle\"",
                        "first, last"),
                yaml("number for a word", true, "name: x\nweights:\n  format: §8", "\"8\"", "int8"),
                yaml(
                        "number for a name",
                        true,
                        "§name: 8".replace("§name: ", "name: §"),
                        "\"8\"",
                        "text"),
                json(
                        "text for a switch",
                        true,
                        "{\"name\": \"x\", \"weights\": {\"format\": \"int8\",\n\"narrowRange\": §\"true\"}}",
                        "true or false"),
                yaml(
                        "text for a number",
                        true,
                        "name: x\nweights:\n  format: int8\n  axis: §zero",
                        "\"zero\"",
                        "whole number"),
                json(
                        "fraction",
                        true,
                        "{\"name\": \"x\", \"weights\": {\"format\": \"int8\",\n\"axis\": §0.5}}",
                        "0.5",
                        "whole number"),
                yaml(
                        "huge number",
                        false,
                        "name: x\nweights:\n  format: int8\n  axis: §99999999999",
                        "99999999999",
                        "whole number"),
                yaml(
                        "text for an object",
                        true,
                        "name: x\nweights: §int8",
                        "\"int8\"",
                        "an object"),
                json(
                        "object for a list",
                        true,
                        "{\"name\": \"x\",\n\"weights\": {\"format\": \"int8\"},\n\"rules\": §{}}",
                        "a list"),
                yaml("list for a recipe", true, "§- name: x", "an object"),
                yaml(
                        "null rule",
                        true,
                        "name: x\nweights: {format: int8}\nrules:\n- §null",
                        "null is not a rule"),
                json("null recipe", true, "\n§null", "null is not a recipe"),
                yaml("no format", true, "name: x\nweights: §{axis: 0}", "\"format\" is missing"),
                json(
                        "no name",
                        true,
                        "§{\"weights\": {\"format\": \"int8\"}}",
                        "\"name\" is missing"),
                yaml(
                        "blank name",
                        true,
                        "name: §\"  \"\nweights: {format: int8}",
                        "\"  \"",
                        "printable"),
                yaml(
                        "bad pattern",
                        true,
                        "name: x\nweights: {format: int8}\nrules:\n- name: §'Conv[0-9]+'\n  exclude: true",
                        "\"Conv[0-9]+\"",
                        "character 5",
                        "*"),
                json(
                        "bad pattern",
                        true,
                        "{\"name\": \"x\", \"weights\": {\"format\": \"int8\"}, \"rules\": [\n{\"name\": §\"\", \"exclude\": true}]}",
                        "blank"),
                yaml(
                        "unknown op",
                        true,
                        "name: x\nweights: {format: int8}\nrules:\n- op: §conv\n  exclude: true",
                        "\"conv\"",
                        "convolution",
                        "matMul"),
                json(
                        "unknown op",
                        true,
                        "{\"name\": \"x\", \"weights\": {\"format\": \"int8\"}, \"rules\": [\n{\"op\": §\"matmul\", \"exclude\": true}]}",
                        "\"matmul\"",
                        "Did you mean matMul?"),
                yaml(
                        "unsigned and narrow",
                        false,
                        "name: x\nweights:\n  format: uint8\n  narrowRange: §true\n  symmetry: affine",
                        "uint8"),
                json(
                        "unsigned and narrow",
                        false,
                        "{\"name\": \"x\", \"activations\": {\"format\": \"uint4\",\n \"narrowRange\": §true}}",
                        "uint4"),
                yaml(
                        "affine and narrow",
                        false,
                        "name: x\nweights:\n  format: int8\n  symmetry: affine\n  narrowRange: §true",
                        "affine",
                        "full range"),
                json(
                        "affine and narrow",
                        false,
                        "{\"name\": \"x\", \"activations\": {\"format\": \"int8\", \"symmetry\": \"affine\",\n \"narrowRange\": §true}}",
                        "affine"),
                yaml(
                        "weights of 16 bits",
                        false,
                        "name: x\nweights:\n  format: §int16",
                        "int16",
                        "int8",
                        "activations"),
                yaml(
                        "unsigned symmetric weights",
                        false,
                        "name: x\nweights:\n  format: §uint8",
                        "uint8",
                        "signed"),
                json(
                        "affine channels with activations",
                        false,
                        "{\"name\": \"x\", \"weights\": {\"format\": \"int8\",\n \"symmetry\": §\"affine\"},\n \"activations\": {\"format\": \"uint8\"}}",
                        "zero points",
                        "per-tensor"),
                yaml(
                        "affine channels by a rule",
                        false,
                        "name: x\nactivations: {format: uint8}\nrules:\n- §name: a\n  weights: {format: int4, symmetry: affine}",
                        "zero points"),
                yaml(
                        "activations per group",
                        true,
                        "name: x\nactivations:\n  format: uint8\n  granularity: §per-group",
                        "\"per-group\"",
                        "legal are per-tensor, per-token"),
                json(
                        "elementwise per channel",
                        true,
                        "{\"name\": \"x\", \"elementwise\": {\"format\": \"uint8\",\n\"granularity\": §\"per-channel\"}}",
                        "elementwise.granularity",
                        "per-tensor"),
                yaml(
                        "activations with an axis",
                        true,
                        "name: x\nactivations:\n  format: uint8\n  §axis: 0",
                        "\"axis\"",
                        "granularity"),
                yaml(
                        "group size of 0",
                        true,
                        "name: x\nweights:\n  format: int4\n  granularity: per-group\n  groupSize: §0",
                        "size 0",
                        "at least 1"),
                json(
                        "no group size",
                        false,
                        "{\"name\": \"x\",\n \"weights\": §{\"format\": \"int4\", \"granularity\": \"per-group\"}}",
                        "\"groupSize\""),
                yaml(
                        "group size per channel",
                        false,
                        "name: x\nweights:\n  format: int4\n  groupSize: §32",
                        "32",
                        "per-group"),
                yaml(
                        "negative axis",
                        true,
                        "name: x\nweights:\n  format: int8\n  axis: §-1",
                        "-1",
                        "at least 0"),
                json(
                        "axis per tensor",
                        false,
                        "{\"name\": \"x\", \"weights\": {\"format\": \"int8\", \"granularity\": \"per-tensor\",\n\"axis\": §1}}",
                        "no axis",
                        "per-channel"),
                yaml(
                        "freeze below -1",
                        true,
                        "name: x\nweights: {format: int8}\ntraining:\n  freezeBatchNormAfter: §-2",
                        "-2",
                        "-1 for never"),
                json(
                        "freeze below -1",
                        true,
                        "{\"name\": \"x\", \"weights\": {\"format\": \"int8\"},\n\"training\": {\"foldBatchNorm\": false,\n\"freezeObserversAfter\": §-9}}",
                        "-9"),
                yaml(
                        "exclude with formats",
                        false,
                        "name: x\nweights: {format: int8}\nrules:\n- name: a\n  exclude: §true\n  weights: {format: int4}",
                        "not both"),
                json(
                        "exclude with formats",
                        false,
                        "{\"name\": \"x\", \"weights\": {\"format\": \"int8\"}, \"rules\": [\n {\"op\": \"linear\",\n\"activations\": {\"format\": \"uint8\"},\n\"exclude\": §true}]}",
                        "not both"),
                yaml(
                        "rule for everything",
                        false,
                        "name: x\nweights: {format: int8}\nrules:\n- exclude: §true",
                        "a name, an op or a position"),
                yaml(
                        "rule for nothing",
                        false,
                        "name: x\nweights: {format: int8}\nrules:\n- §name: a",
                        "exclude"),
                yaml(
                        "nothing quantized",
                        false,
                        "§name: x\nweights: null\nactivations: null",
                        "quantizes nothing"),
                json("nothing quantized", false, "§{\"name\": \"x\"}", "quantizes nothing"),
                yaml(
                        "key twice",
                        true,
                        "name: x\nweights: {format: int8}\n§name: y",
                        "\"name\"",
                        "twice"),
                json(
                        "key twice",
                        true,
                        "{\"name\": \"x\", \"weights\": {\"format\": \"int8\",\n §\"format\": \"int4\"}}",
                        "\"format\"",
                        "twice"),
                yaml(
                        "alias",
                        true,
                        "name: x\nweights: {format: int8}\nrules:\n- name: §*Conv\n  exclude: true",
                        "*Conv",
                        "quotes"),
                yaml(
                        "second document",
                        true,
                        "name: x\nweights: {format: int8}\n---\n§name: y",
                        "one recipe"),
                yaml("nothing", true, "§", "nothing in it"),
                json("nothing", true, "§  \n", "nothing in it"));
    }

    private static Bad yaml(String title, boolean structural, String marked, String... said) {
        return new Bad(title, RecipeFormat.YAML, marked, structural, List.of(said));
    }

    private static Bad json(String title, boolean structural, String marked, String... said) {
        return new Bad(title, RecipeFormat.JSON, marked, structural, List.of(said));
    }
}
