package io.github.djlqat.report.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class RendererTest {

    private static final Drawing SQUARE =
            new Drawing(
                    20,
                    10,
                    "square <1>",
                    "a \"square\"",
                    List.of(new Mark.Box(5, 2, 4, 4, 0, Style.fill(Ink.SERIES_1))));

    @Test
    void svgHoldsTheGeometryAndTheColours() {
        assertThat(SvgRenderer.of(Palette.LIGHT).render(SQUARE, "f").render())
                .isEqualTo(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 20 10\" width=\"20\""
                                + " height=\"10\" role=\"img\" aria-labelledby=\"f-title f-desc\""
                                + " font-family=\"&#39;Helvetica Neue&#39;, Helvetica, Arial,"
                                + " &#39;Liberation Sans&#39;, sans-serif\">"
                                + "<title id=\"f-title\">square &lt;1&gt;</title>"
                                + "<desc id=\"f-desc\">a &quot;square&quot;</desc>"
                                + "<rect width=\"20\" height=\"10\" fill=\"#ffffff\"/>"
                                + "<rect x=\"5\" y=\"2\" width=\"4\" height=\"4\" fill=\"#0b5cad\"/>"
                                + "</svg>");
    }

    @Test
    void aPictureHasTheSameSquareInTheSamePlace() throws IOException {
        byte[] png = new PictureRenderer(Palette.LIGHT, 2).png(SQUARE);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(image.getWidth()).isEqualTo(40);
        assertThat(image.getHeight()).isEqualTo(20);
        for (int y = 0; y < 20; y++) {
            for (int x = 0; x < 40; x++) {
                boolean inside = x >= 10 && x < 18 && y >= 4 && y < 12;
                assertThat(image.getRGB(x, y) & 0xFFFFFF).isEqualTo(inside ? 0x0B5CAD : 0xFFFFFF);
            }
        }
    }

    @Test
    void aDrawingThatIsTooLargeIsDrawnSmaller() throws IOException {
        Drawing tall = new Drawing(10, 100_000, "tall", "tall", List.of());
        byte[] png = new PictureRenderer(Palette.LIGHT, 2).png(tall);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(image.getHeight()).isEqualTo(16_000);
    }

    @Test
    void textIsShortenedInItsMiddle() {
        assertThat(TextWidth.fit("short", 10, 100)).isEqualTo("short");
        String fitted = TextWidth.fit("layer1_block2_convolution3", 10, 60);
        assertThat(TextWidth.of(fitted, 10)).isLessThanOrEqualTo(60);
        assertThat(fitted).startsWith("lay").endsWith("n3").contains("\u2026");
        assertThat(TextWidth.fit("anything", 10, 0)).isEqualTo("\u2026");
    }
}
