package io.github.djlqat.report.drawing;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Draws as a picture of pixels, without a screen. */
public final class PictureRenderer {

    /** The largest side of a picture in pixels; larger drawings are drawn smaller. */
    private static final double LARGEST = 16_000;

    private static final double MITER = 10;

    private final Palette palette;
    private final double scale;

    /**
     * Creates a renderer.
     *
     * @param palette the colours
     * @param scale pixels for each unit of the drawing, positive
     * @throws IllegalArgumentException if the scale is not positive and finite
     */
    public PictureRenderer(Palette palette, double scale) {
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException(
                    "The scale of a picture is " + scale + "; it is positive and finite.");
        }
        this.palette = palette;
        this.scale = scale;
    }

    /**
     * Draws as PNG.
     *
     * @param drawing the drawing
     * @return the bytes of a PNG file
     */
    public byte[] png(Drawing drawing) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(render(drawing), "png", out);
        } catch (IOException e) {
            throw new IllegalStateException("A picture in memory could not be written.", e);
        }
        return out.toByteArray();
    }

    BufferedImage render(Drawing drawing) {
        double side = Math.max(drawing.width(), drawing.height());
        double factor = Math.min(scale, LARGEST / side);
        BufferedImage image =
                new BufferedImage(
                        Math.max((int) Math.ceil(drawing.width() * factor), 1),
                        Math.max((int) Math.ceil(drawing.height() * factor), 1),
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(
                    RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(
                    RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(
                    RenderingHints.KEY_FRACTIONALMETRICS,
                    RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            graphics.setRenderingHint(
                    RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setColor(palette.color(Ink.PAPER).color(1));
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.scale(factor, factor);
            drawing.marks().forEach(mark -> draw(graphics, mark));
        } finally {
            graphics.dispose();
        }
        return image;
    }

    private void draw(Graphics2D graphics, Mark mark) {
        if (mark instanceof Mark.Group group) {
            group.marks().forEach(part -> draw(graphics, part));
        } else if (mark instanceof Mark.Label label) {
            write(graphics, label);
        } else if (mark instanceof Mark.Box box) {
            double diameter = 2 * box.radius();
            draw(
                    graphics,
                    new RoundRectangle2D.Double(
                            box.x(), box.y(), box.width(), box.height(), diameter, diameter),
                    box.style());
        } else if (mark instanceof Mark.Polyline line) {
            draw(graphics, Outlines.shape(line.points(), line.closed()), line.style());
        } else if (mark instanceof Mark.Flow flow) {
            draw(graphics, Outlines.shape(flow), flow.style());
        } else if (mark instanceof Mark.Symbol symbol) {
            draw(graphics, outline(symbol), symbol.style());
        }
    }

    private static Shape outline(Mark.Symbol symbol) {
        double size = symbol.size();
        return symbol.shape() == Mark.Shape.CIRCLE
                ? new Ellipse2D.Double(symbol.x() - size, symbol.y() - size, 2 * size, 2 * size)
                : Outlines.shape(Outlines.corners(symbol), true);
    }

    private void draw(Graphics2D graphics, Shape shape, Style style) {
        Ink fill = style.fill();
        if (fill != null) {
            graphics.setColor(palette.color(fill).color(style.opacity()));
            graphics.fill(shape);
        }
        Ink stroke = style.stroke();
        if (stroke != null) {
            graphics.setColor(palette.color(stroke).color(1));
            graphics.setStroke(
                    new BasicStroke(
                            (float) style.width(),
                            BasicStroke.CAP_BUTT,
                            BasicStroke.JOIN_MITER,
                            (float) MITER,
                            dash(style.dash()),
                            0));
            graphics.draw(shape);
        }
    }

    private static float @Nullable [] dash(List<Double> lengths) {
        if (lengths.isEmpty()) {
            return null;
        }
        float[] result = new float[lengths.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = lengths.get(i).floatValue();
        }
        return result;
    }

    private void write(Graphics2D graphics, Mark.Label label) {
        Font font =
                new Font(Font.SANS_SERIF, label.bold() ? Font.BOLD : Font.PLAIN, 1)
                        .deriveFont((float) label.size());
        double own = font.getStringBounds(label.text(), graphics.getFontRenderContext()).getWidth();
        // Fonts of other machines are wider than those that labels are placed by.
        double placed = TextWidth.of(label.text(), label.size());
        double squeeze = own > placed ? placed / own : 1;
        double width = own * squeeze;
        double before =
                switch (label.anchor()) {
                    case START -> 0;
                    case MIDDLE -> width / 2;
                    case END -> width;
                };
        Graphics2D turned = (Graphics2D) graphics.create();
        try {
            turned.translate(label.x(), label.y());
            if (!label.upright()) {
                turned.rotate(-Math.PI / 2);
            }
            turned.translate(-before, 0);
            turned.scale(squeeze, 1);
            turned.setFont(font);
            turned.setColor(palette.color(label.ink()).color(1));
            turned.drawString(label.text(), 0, 0);
        } finally {
            turned.dispose();
        }
    }
}
