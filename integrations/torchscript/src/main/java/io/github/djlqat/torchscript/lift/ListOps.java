package io.github.djlqat.torchscript.lift;

import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operations on lists and dictionaries. */
final class ListOps {

    private ListOps() {}

    static void register(Map<String, AtenOp> table) {
        table.put("len", ListOps::length);
        table.put("append", call -> add(call, list(call, 0).size(), call.get(1, "")));
        table.put(
                "insert", call -> add(call, Math.toIntExact(call.integer(1, "")), call.get(2, "")));
        table.put("extend", ListOps::extend);
        table.put("clear", ListOps::clear);
        table.put("pop", ListOps::pop);
        table.put("list", call -> new ArrayList<>(list(call, 0)));
        table.put("copy", call -> new ArrayList<>(list(call, 0)));
        table.put("reverse", ListOps::reverse);
        table.put("slice", ListOps::slice);
        table.put("__getitem__", ListOps::item);
        table.put("_set_item", ListOps::setItem);
        table.put("keys", call -> new ArrayList<@Nullable Object>(map(call).keySet()));
        table.put("values", call -> new ArrayList<@Nullable Object>(map(call).values()));
        table.put("items", ListOps::items);
        table.put("sum", ListOps::sum);
        table.put("all", call -> list(call, 0).stream().allMatch(Conversions::truth));
        table.put("any", call -> list(call, 0).stream().anyMatch(Conversions::truth));
    }

    private static Number sum(AtenCall call) {
        long whole = 0;
        double total = 0;
        boolean integers = true;
        for (Object item : list(call, 0)) {
            Number number = AtenCall.asNumber(item);
            if (number == null) {
                throw call.wrong(0, "self", "a list of numbers");
            }
            integers &= number instanceof Long;
            whole += number.longValue();
            total += number.doubleValue();
        }
        if (integers) {
            return whole;
        }
        return total;
    }

    static List<@Nullable Object> list(AtenCall call, int i) {
        Object value = call.get(i, "");
        if (value instanceof Tuple tuple) {
            return tuple.items();
        }
        if (value instanceof List<?> list) {
            @SuppressWarnings("unchecked")
            List<@Nullable Object> items = (List<@Nullable Object>) list;
            return items;
        }
        throw call.wrong(i, "", "a list");
    }

    private static Map<?, ?> map(AtenCall call) {
        if (call.get(0, "") instanceof Map<?, ?> map) {
            return map;
        }
        throw call.wrong(0, "", "a dictionary");
    }

    static void requireSize(long size) {
        if (size > Budget.MAX_LIST) {
            throw new TorchScriptException(
                    "a list has " + size + " items; legal are at most " + Budget.MAX_LIST);
        }
    }

    private static long length(AtenCall call) {
        Object value = call.get(0, "");
        if (value instanceof String text) {
            return text.length();
        }
        return value instanceof Map<?, ?> map ? map.size() : list(call, 0).size();
    }

    private static Object add(AtenCall call, int at, @Nullable Object value) {
        List<@Nullable Object> list = list(call, 0);
        requireSize(list.size() + 1L);
        if (value == list) {
            throw new TorchScriptException("a list is put into itself");
        }
        list.add(Math.min(Math.max(at < 0 ? at + list.size() : at, 0), list.size()), value);
        return list;
    }

    private static @Nullable Object extend(AtenCall call) {
        List<@Nullable Object> list = list(call, 0);
        List<@Nullable Object> more = new ArrayList<>(list(call, 1));
        requireSize((long) list.size() + more.size());
        list.addAll(more);
        return null;
    }

    private static @Nullable Object clear(AtenCall call) {
        list(call, 0).clear();
        return null;
    }

    private static @Nullable Object pop(AtenCall call) {
        List<@Nullable Object> list = list(call, 0);
        return list.remove(Expressions.position(call.integer(1, "", -1), list.size()));
    }

    private static @Nullable Object reverse(AtenCall call) {
        Collections.reverse(list(call, 0));
        return null;
    }

    private static Object slice(AtenCall call) {
        List<@Nullable Object> list = list(call, 0);
        long from = bound(call.integer(1, "start", 0), list.size());
        long to = bound(call.integer(2, "end", Long.MAX_VALUE), list.size());
        long step = call.integer(3, "step", 1);
        if (step < 1) {
            throw new TorchScriptException(
                    "the step of a slice is " + step + "; legal is 1 and more");
        }
        List<@Nullable Object> part = new ArrayList<>();
        for (long i = from; i < to; i += step) {
            part.add(list.get((int) i));
        }
        return part;
    }

    private static long bound(long at, int size) {
        return Math.min(Math.max(at < 0 ? at + size : at, 0), size);
    }

    private static @Nullable Object item(AtenCall call) {
        if (call.get(0, "") instanceof Map<?, ?> map) {
            return map.get(call.get(1, ""));
        }
        List<@Nullable Object> list = list(call, 0);
        return list.get(Expressions.position(call.integer(1, ""), list.size()));
    }

    private static Object setItem(AtenCall call) {
        if (call.get(0, "") instanceof Map<?, ?> map) {
            @SuppressWarnings("unchecked")
            Map<@Nullable Object, @Nullable Object> entries =
                    (Map<@Nullable Object, @Nullable Object>) map;
            requireSize(entries.size() + 1L);
            entries.put(call.get(1, ""), call.get(2, ""));
            return entries;
        }
        List<@Nullable Object> list = list(call, 0);
        list.set(Expressions.position(call.integer(1, ""), list.size()), call.get(2, ""));
        return list;
    }

    private static Object items(AtenCall call) {
        List<@Nullable Object> items = new ArrayList<>();
        map(call).forEach((key, value) -> items.add(Tuple.of(key, value)));
        return items;
    }
}
