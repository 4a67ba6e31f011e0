package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.github.djlqat.mixedprecision.checkpoint.Stateful;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The state of an optimizer by the full names of a block's parameters. */
final class OptimizerState implements Stateful {

    private static final byte VERSION = 1;

    private final StatefulOptimizer optimizer;
    private final Block block;

    OptimizerState(StatefulOptimizer optimizer, Block block) {
        this.optimizer = optimizer;
        this.block = block;
    }

    @Override
    public void saveState(DataOutputStream out) throws IOException {
        Map<String, ParameterState> saved = new LinkedHashMap<>();
        NamedParameters.of(block)
                .forEach(
                        (name, parameter) -> {
                            ParameterState state = optimizer.state(parameter.getId());
                            if (state != null && !state.isEmpty()) {
                                saved.put(name, state);
                            }
                        });
        out.writeByte(VERSION);
        out.writeUTF(optimizer.kind());
        out.writeInt(optimizer.getNumUpdate());
        out.writeInt(saved.size());
        for (Map.Entry<String, ParameterState> entry : saved.entrySet()) {
            out.writeUTF(entry.getKey());
            entry.getValue().save().write(out);
        }
    }

    @Override
    public Runnable readState(DataInputStream in) throws IOException, MalformedModelException {
        try {
            return read(in);
        } catch (EOFException e) {
            throw new MalformedModelException("The optimizer's state ends early.", e);
        }
    }

    private Runnable read(DataInputStream in) throws IOException, MalformedModelException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new MalformedModelException(
                    "The optimizer's state has version "
                            + version
                            + "; version "
                            + VERSION
                            + " can be read.");
        }
        String kind = in.readUTF();
        if (!kind.equals(optimizer.kind())) {
            throw new MalformedModelException(
                    "The state was saved by the optimizer "
                            + kind
                            + ", this one is "
                            + optimizer.kind()
                            + ".");
        }
        int numUpdate = in.readInt();
        int count = in.readInt();
        Map<String, Parameter> parameters = NamedParameters.of(block);
        Map<String, ParameterState> restored = new HashMap<>();
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int i = 0; i < count; i++) {
                String name = in.readUTF();
                SavedArrays saved = SavedArrays.read(in);
                Parameter parameter = parameters.get(name);
                if (parameter == null) {
                    throw new MalformedModelException(
                            "The optimizer's state has the parameter "
                                    + name
                                    + ", which the block has not.");
                }
                saved.check(manager, name, parameter, optimizer::slots);
                restored.put(parameter.getId(), new ParameterState(saved, parameter));
            }
        }
        return () -> optimizer.restore(restored, numUpdate);
    }
}
