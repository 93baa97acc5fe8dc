namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>The frame of the gallery, filled by the page's script.</summary>
internal static class HtmlGallery
{
    public static void Write(EvaluationReport report, string images, HtmlWriter html)
    {
        html.Write($"""
            <section id="samples" aria-labelledby="samples-title" data-images="{images}">
            <h2 id="samples-title">Samples</h2>

            """);
        int every = GallerySamples.Every(report);
        if (every > 1)
            html.Write($"<p class=\"alert\" role=\"note\">This page has one in {every} samples, in order of id; predictions.csv has all.</p>\n");
        html.WriteRaw("""
            <noscript><p class="alert">The gallery needs JavaScript. All samples are in predictions.csv.</p></noscript>
            <p class="paper-only">The sample gallery is not printed; predictions.csv has all samples.</p>
            <form id="filters" class="panel" role="search" aria-label="Filter samples">
            <label class="wide">Search <input type="search" id="f-query" placeholder="question, answer, truth or id" autocomplete="off"></label>
            <label>Benchmark <select id="f-benchmark"><option value="">all</option></select></label>
            <label>Slice <select id="f-slice"><option value="">all</option></select></label>
            <label>Outcome <select id="f-outcome"></select></label>
            <label>Order <select id="f-sort"></select></label>
            <fieldset class="wide"><legend>Images</legend>
            <label>Folder or URL <input type="text" id="f-images" placeholder="../../data" autocomplete="off" spellcheck="false"></label>
            <label class="file">or choose the folder <input type="file" id="f-folder" webkitdirectory multiple></label>
            <small>The folder of benchmarks (--data). Nothing is uploaded.</small></fieldset>
            </form>
            <p id="matches" role="status" aria-live="polite"></p>
            <ol id="cards" class="gallery"></ol>
            <nav id="pager" aria-label="Pages of samples"><button type="button" id="p-previous">Previous</button>
            <label>Page <input type="number" id="p-page" min="1" value="1"></label> <span id="p-pages"></span>
            <button type="button" id="p-next">Next</button></nav>
            <dialog id="sample" aria-labelledby="sample-title"></dialog>
            </section>

            """);
    }
}
