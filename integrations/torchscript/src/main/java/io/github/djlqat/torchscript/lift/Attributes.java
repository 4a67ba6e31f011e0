package io.github.djlqat.torchscript.lift;

import ai.djl.nn.Parameter;
import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.lift.Evaluator.Frame;
import io.github.djlqat.torchscript.pickle.BooleanValue;
import io.github.djlqat.torchscript.pickle.DictionaryValue;
import io.github.djlqat.torchscript.pickle.EnumValue;
import io.github.djlqat.torchscript.pickle.FloatValue;
import io.github.djlqat.torchscript.pickle.IntegerValue;
import io.github.djlqat.torchscript.pickle.ListValue;
import io.github.djlqat.torchscript.pickle.NoneValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.StringValue;
import io.github.djlqat.torchscript.pickle.TaggedValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
import io.github.djlqat.torchscript.pickle.TupleValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what modules hold. */
final class Attributes {

    private final Evaluator evaluator;
    private final Expressions expressions;

    Attributes(Evaluator evaluator, Expressions expressions) {
        this.evaluator = evaluator;
        this.expressions = expressions;
    }

    boolean has(@Nullable Object owner, String name) {
        return owner instanceof Module module
                && (module.object().attribute(name).isPresent()
                        || module.source().definition().constants().containsKey(name));
    }

    @Nullable Object get(@Nullable Object owner, String name) {
        if (owner instanceof Tuple tuple && tuple.names().contains(name)) {
            return tuple.items().get(tuple.names().indexOf(name));
        }
        if (owner instanceof EnumMember member && name.equals("value")) {
            return member.value();
        }
        if (!(owner instanceof Module module)) {
            throw new TorchScriptException(
                    AtenCall.describe(owner) + " has no attribute " + name + " that is known");
        }
        if (name.equals("training")) {
            return evaluator.training();
        }
        PickleValue value = module.object().attribute(name).orElse(null);
        if (value != null) {
            return value(value, module.nameOf(name), name);
        }
        Expression constant = module.source().definition().constants().get(name);
        if (constant != null) {
            return expressions.evaluate(
                    constant,
                    new Frame(module.source().file(), module.source().definition().name(), module));
        }
        if (module.source().definition().method(name).isPresent()) {
            return new Callable(
                    module.source().file(),
                    module.source().definition().method(name).orElseThrow(),
                    module);
        }
        throw new TorchScriptException(module + " has no attribute " + name);
    }

    @Nullable Object value(PickleValue value, String path, String name) {
        if (value instanceof TensorValue tensor) {
            Scalar scalar = evaluator.program().scalar(tensor);
            if (scalar != null) {
                return scalar;
            }
            Parameter parameter = evaluator.program().parameter(tensor);
            if (parameter == null) {
                throw new TorchScriptException("the tensor " + path + " is not held by a module");
            }
            return evaluator.held(parameter);
        }
        if (value instanceof ObjectValue object) {
            Module module = evaluator.program().module(object);
            if (module == null) {
                throw new TorchScriptException(
                        path + " is a " + object.className() + ", whose source the archive lacks");
            }
            return module;
        }
        if (value instanceof TaggedValue tagged) {
            return value(tagged.value(), path, name);
        }
        if (value instanceof ListValue list) {
            return all(list.items(), path);
        }
        if (value instanceof TupleValue tuple) {
            return new Tuple(all(tuple.items(), path), List.of());
        }
        if (value instanceof DictionaryValue dictionary) {
            Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
            for (DictionaryValue.Entry entry : dictionary.entries()) {
                map.put(value(entry.key(), path, name), value(entry.value(), path, name));
            }
            return map;
        }
        if (value instanceof EnumValue member) {
            return new EnumMember(member.className(), value(member.value(), path, name));
        }
        return plain(value, path);
    }

    private List<@Nullable Object> all(List<PickleValue> items, String path) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            values.add(value(items.get(i), path + '.' + i, String.valueOf(i)));
        }
        return values;
    }

    private static @Nullable Object plain(PickleValue value, String path) {
        if (value instanceof NoneValue) {
            return null;
        }
        if (value instanceof BooleanValue bool) {
            return bool.value();
        }
        if (value instanceof IntegerValue integer) {
            return integer.value();
        }
        if (value instanceof FloatValue real) {
            return real.value();
        }
        if (value instanceof StringValue text) {
            return text.value();
        }
        throw new TorchScriptException(
                "the attribute "
                        + path
                        + " is a "
                        + value.getClass().getSimpleName()
                        + ", which is not lifted");
    }
}
