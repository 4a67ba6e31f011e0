package io.github.djlqat.block;

import io.github.djlqat.format.CodebookFormat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The names of all block formats. */
final class BlockFormatNames {

    private static final Map<String, BlockFormat> FORMATS = formats();

    private BlockFormatNames() {}

    static BlockFormat parse(String name) {
        BlockFormat format = FORMATS.get(name);
        if (format == null) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is not a block format; legal are " + FORMATS.keySet() + ".");
        }
        return format;
    }

    static List<String> names() {
        return List.copyOf(FORMATS.keySet());
    }

    static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, BlockFormat> formats() {
        List<BlockFormat> formats = new ArrayList<>();
        for (CodebookFormat codebook :
                List.of(CodebookFormat.NF4, CodebookFormat.FP4_BITSANDBYTES)) {
            for (int blockSize = 32; blockSize <= 4096; blockSize *= 2) {
                formats.add(new BitsAndBytesFormat(codebook, blockSize, false));
                formats.add(new BitsAndBytesFormat(codebook, blockSize, true));
            }
        }
        for (MxElement element : MxElement.values()) {
            for (MxScaleRule rule : MxScaleRule.values()) {
                formats.add(new MxFormat(element, rule));
            }
        }
        for (NvFp4Variant variant : NvFp4Variant.values()) {
            formats.add(new NvFp4Format(variant, false));
            formats.add(new NvFp4Format(variant, true));
        }
        formats.addAll(List.of(GgmlFormat.values()));
        Map<String, BlockFormat> byName = new LinkedHashMap<>();
        formats.forEach(format -> byName.put(format.formatName(), format));
        return Collections.unmodifiableMap(byName);
    }
}
