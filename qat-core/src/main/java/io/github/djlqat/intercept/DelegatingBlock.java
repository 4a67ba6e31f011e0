package io.github.djlqat.intercept;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBaseBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.ParameterList;
import ai.djl.util.PairList;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;

/**
 * A block that stands for another one: the same parameters under the same names, the same children,
 * the same file. Subclasses say what forward does.
 */
public abstract class DelegatingBlock extends AbstractBaseBlock {

    private final Block block;

    /**
     * Stands for a block.
     *
     * @param block the block
     */
    protected DelegatingBlock(Block block) {
        this.block = block;
    }

    /**
     * Returns the block this one stands for.
     *
     * @return the block
     */
    public Block getBlock() {
        return block;
    }

    @Override
    public void initialize(NDManager manager, DataType dataType, Shape... shapes) {
        block.initialize(manager, dataType, shapes);
    }

    @Override
    public boolean isInitialized() {
        return block.isInitialized();
    }

    @Override
    public BlockList getChildren() {
        return block.getChildren();
    }

    @Override
    public ParameterList getDirectParameters() {
        return block.getDirectParameters();
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
        return block.getOutputShapes(shapes);
    }

    @Override
    public Shape[] getInputShapes() {
        return block.getInputShapes();
    }

    @Override
    public DataType[] getOutputDataTypes() {
        return block.getOutputDataTypes();
    }

    @Override
    public PairList<String, Shape> describeInput() {
        return block.describeInput();
    }

    @Override
    public Map<String, String> getCustomMetadata() {
        return block.getCustomMetadata();
    }

    @Override
    public void clear() {
        block.clear();
    }

    @Override
    public void saveParameters(DataOutputStream os) throws IOException {
        block.saveParameters(os);
    }

    @Override
    public void loadParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        block.loadParameters(manager, is);
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + " of " + block;
    }
}
