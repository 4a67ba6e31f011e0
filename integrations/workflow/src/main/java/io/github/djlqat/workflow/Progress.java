package io.github.djlqat.workflow;

/** Where tasks show how far they are. */
@FunctionalInterface
public interface Progress {

    /** Shows nothing. */
    Progress NONE =
            (task, total) ->
                    new Step() {
                        @Override
                        public void update(long done, String message) {
                            // Nobody looks.
                        }

                        @Override
                        public void close() {
                            // Nobody looks.
                        }
                    };

    /**
     * Starts to show a step of a task.
     *
     * @param task the step's name
     * @param total the number of its parts, at least 1
     * @return the step, to be closed when it is over
     */
    Step start(String task, long total);

    /** How far a step is. */
    interface Step extends AutoCloseable {

        /**
         * Shows that the step got on.
         *
         * @param done the number of parts done so far
         * @param message what else there is to say, such as the loss; empty for nothing
         */
        void update(long done, String message);

        /** Shows that the step is over. Further calls change nothing. */
        @Override
        void close();
    }
}
