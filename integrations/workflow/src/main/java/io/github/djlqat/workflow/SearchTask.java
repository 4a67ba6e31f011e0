package io.github.djlqat.workflow;

import io.github.djlqat.workflow.data.SampleReaders;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.ModelReaders;
import io.github.djlqat.workflow.model.OpenedModel;

/**
 * Finds a mixed-precision recipe: measures how much the model suffers from each format at each
 * layer, and chooses the formats that a budget buys best.
 */
public final class SearchTask implements Task<SearchRequest, SearchResult> {

    /** Creates the task. */
    public SearchTask() {}

    @Override
    public SearchResult run(SearchRequest request, Progress progress) {
        return Guard.run(
                () -> {
                    RecipeSearch search =
                            new RecipeSearch(
                                    new SearchOptions(
                                            request.budget(),
                                            request.bits(),
                                            request.output(),
                                            request.scores()),
                                    request.samples(),
                                    progress);
                    try (OpenedModel model = ModelReaders.open(request.model())) {
                        Samples samples = SampleReaders.read(request.data());
                        Models.requireFit(model, samples);
                        return search.run(model, samples).result();
                    }
                });
    }
}
