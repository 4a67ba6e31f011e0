package io.github.djlqat.workflow.fork;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/** What the two processes write to each other. */
final class Wire {

    /** The exit status of a process that has written an answer. */
    static final int ANSWERED = 0;

    /** The exit status of a process that fails for a reason of its own. */
    static final int FAILED = 3;

    private static final String PROGRESS = "@progress ";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Wire() {}

    /**
     * What came of a task.
     *
     * @param result the result's JSON, or null
     * @param mistake what is wrong with what the user gave, or null
     */
    record Answer(@Nullable String result, @Nullable String mistake) {}

    /**
     * How far a step is.
     *
     * @param step the number of the step
     * @param task its name
     * @param total the number of its parts
     * @param done the number of parts done so far; negative when it is over
     * @param message what else there is to say
     */
    record Line(int step, String task, long total, long done, String message) {

        String print() {
            return PROGRESS + text(this);
        }

        static @Nullable Line parse(String printed) {
            if (!printed.startsWith(PROGRESS)) {
                return null;
            }
            try {
                return MAPPER.readValue(printed.substring(PROGRESS.length()), Line.class);
            } catch (JsonProcessingException e) {
                return null; // What else prints such a line is passed on as it is.
            }
        }
    }

    static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "A " + value.getClass().getSimpleName() + " cannot be written.", e);
        }
    }

    static <T> T value(String text, Class<T> type) {
        try {
            return MAPPER.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "A " + type.getSimpleName() + " cannot be read: " + e.getOriginalMessage(), e);
        }
    }
}
