package io.github.djlqat.torchscript.pickle;

/**
 * A value of a pickle.
 *
 * <p>Values are equal if they are of one type with equal parts. Whether a part occurs several times
 * as one object or as equal objects is not compared, but {@link Unpickler} and {@link Pickler} keep
 * it: what a pickle refers to twice is one Java object.
 */
public sealed interface PickleValue
        permits NoneValue,
                BooleanValue,
                IntegerValue,
                FloatValue,
                ComplexValue,
                StringValue,
                TupleValue,
                ListValue,
                DictionaryValue,
                TaggedValue,
                ObjectValue,
                EnumValue,
                TensorValue,
                StorageValue,
                NameValue,
                CallValue {}
