using System.Globalization;
using OpenQA.Selenium;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Tests.Reports.Browser;

/// <summary>Tests the page as a reader uses it: filter, search, sort, open a sample, view its image, print.</summary>
public sealed class ReportInBrowserTests(ReportInBrowser page) : IClassFixture<ReportInBrowser>
{
    private const int PageSize = 48;

    private int Samples => page.Report.Benchmarks.Sum(benchmark => benchmark.Samples.Length);

    [Fact]
    public void Page_opens_from_disk_with_all_samples_and_without_errors()
    {
        page.Open();

        Assert.Equal(Text($"1 to {PageSize} of {Samples:N0} samples"), page.Find("#matches").Text);
        Assert.Equal(PageSize, page.Texts("#cards > li").Length);
        Assert.Contains("Partial.", page.Find("#results .alert").Text, StringComparison.Ordinal);
        Assert.Empty(page.Errors());
    }

    [Fact]
    public void Filters_show_exactly_the_samples_that_match()
    {
        page.Open();
        page.Choose("#f-benchmark", "vsr");
        page.Choose("#f-slice", "relation: under");
        page.Choose("#f-outcome", "wrong");

        int expected = Of("vsr").Count(
            sample => sample.IsAnswered && sample.Score.Value == 0 && sample.Prediction.Sample.Slices.Any(slice => slice.Name == "under"));
        Assert.Equal(Text($"1 to {Math.Min(PageSize, expected)} of {expected} samples, filtered from {Samples:N0}"), page.Find("#matches").Text);
        Assert.All(page.Texts("#cards .badge"), badge => Assert.Contains("wrong", badge, StringComparison.Ordinal));
        Assert.All(page.Texts("#cards .question"), question => Assert.Contains(" is under ", question, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("right")]
    [InlineData("partly")]
    [InlineData("undecided")]
    public void Outcomes_are_those_of_the_scores(string outcome)
    {
        page.Open($"#?outcome={outcome}");

        int expected = page.Report.Benchmarks.SelectMany(benchmark => benchmark.Samples).Count(sample => outcome switch
        {
            "failed" => !sample.IsAnswered,
            "right" => sample.Score.Value >= 1,
            "partly" => sample.Score.Value is > 0 and < 1,
            _ => sample.Score.Undecided,
        });
        Assert.Contains(expected == 0 ? "No sample" : Text($" of {expected:N0} samples"), page.Find("#matches").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_finds_a_sample_by_its_id_and_says_when_nothing_matches()
    {
        page.Open();
        page.Find("#f-query").SendKeys("112577");
        Assert.Equal(Text($"1 to 1 of 1 samples, filtered from {Samples:N0}"), page.Find("#matches").Text);

        page.Find("#f-query").SendKeys("nothing like this");
        Assert.Equal(Text($"No sample of {Samples:N0} matches."), page.Find("#matches").Text);
    }

    [Fact]
    public void Order_puts_worst_or_best_first()
    {
        page.Open("#?benchmark=vsr&sort=best");
        Assert.Contains("2 points", page.Texts("#cards .badge")[0], StringComparison.Ordinal);

        page.Choose("#f-sort", "worst");
        Assert.DoesNotContain(page.Texts("#cards .badge"), badge => badge.Contains("right", StringComparison.Ordinal));
    }

    [Fact]
    public void Pages_lead_to_the_last_sample()
    {
        page.Open();
        int last = ((Samples - 1) / PageSize) + 1;
        page.Choose("#p-page", Text($"{last}"));

        Assert.Equal(Text($"{((last - 1) * PageSize) + 1:N0} to {Samples:N0} of {Samples:N0} samples"), page.Find("#matches").Text);
        Assert.False(page.Find("#p-next").Enabled);
        page.Find("#p-previous").Click();
        Assert.Equal(PageSize, page.Texts("#cards > li").Length);
    }

    [Fact]
    public void Sample_opens_by_keyboard_and_shows_picture_question_answer_truth_and_raw_text()
    {
        page.Open($"#?benchmark=vizwiz&images={Uri.EscapeDataString(page.Images)}");
        ScoredSample first = Of("vizwiz")[0];
        page.Driver.ExecuteScript("document.querySelector('.card').focus()");
        page.Driver.SwitchTo().ActiveElement().SendKeys(Keys.Enter);
        page.WaitUntil("document.querySelector('#sample img')?.naturalWidth > 0");

        string text = page.Find("#sample").Text;
        Assert.True(page.Evaluate<bool>("document.getElementById('sample').open"));
        Assert.All(
            [
                $"VizWiz {first.Prediction.Sample.Id}", first.Prediction.Sample.Question, first.Prediction.Sample.Target,
                first.Prediction.Generation!.Text, "[vqa]", "unanswerable × 3",
            ],
            part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.Contains("sample=vizwiz", page.Driver.Url, StringComparison.Ordinal);

        page.Driver.SwitchTo().ActiveElement().SendKeys(Keys.ArrowRight);
        Assert.Contains($"VizWiz {Of("vizwiz")[1].Prediction.Sample.Id}", page.Find("#sample-title").Text, StringComparison.Ordinal);
        page.Driver.SwitchTo().ActiveElement().SendKeys(Keys.Escape);
        Assert.False(page.Evaluate<bool>("document.getElementById('sample').open"));
        Assert.DoesNotContain("sample=", page.Driver.Url, StringComparison.Ordinal);
        Assert.True(page.Evaluate<bool>("document.activeElement.classList.contains('card')"));
    }

    [Fact]
    public void Pictures_come_from_a_folder_that_the_reader_chooses()
    {
        page.Open("#?benchmark=vsr");
        page.Find("#f-folder").SendKeys(page.Images);

        page.WaitUntil("document.querySelector('#cards img')?.naturalWidth > 0");
        Assert.StartsWith("blob:", page.Evaluate<string>("document.querySelector('#cards img').src"), StringComparison.Ordinal);
    }

    [Fact]
    public void Sample_whose_picture_is_not_there_says_so()
    {
        page.Open($"#?sample=gqa/100000&images={Uri.EscapeDataString(page.Images)}");

        page.WaitUntil("document.querySelector('#sample .nothing')");
        Assert.Contains("Image not found", page.Find("#sample .nothing").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Multiple_choice_sample_shows_the_likelihood_of_every_choice()
    {
        page.Open("#?sample=iconqa/100000");

        Assert.Equal(4, page.Texts("#sample table tbody tr").Length);
        Assert.Contains("(chosen)", page.Find("#sample table").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Boxes_are_drawn_over_the_picture_true_one_and_found_one()
    {
        page.Open($"#?sample=refcoco-val/100000&images={Uri.EscapeDataString(page.Images)}");
        page.WaitUntil("document.querySelector('#sample img')?.naturalWidth > 0");

        Assert.Equal(
            "20% 30% 50% 50%",
            page.Evaluate<string>("['x', 'y', 'width', 'height'].map(side => document.querySelector('#sample .truth').getAttribute(side)).join(' ')"));
        Assert.True(page.Evaluate<bool>("""
            (() => {
              const [picture, box] = ['#sample img', '#sample rect.truth'].map(css => document.querySelector(css).getBoundingClientRect());
              return Math.abs(box.left - picture.left - picture.width * .2) < 3
                && Math.abs(box.bottom - picture.top - picture.height * .8) < 3 && !!document.querySelector('#sample rect.found');
            })()
            """));
    }

    [Fact]
    public void Address_brings_back_what_the_sender_saw()
    {
        page.Open();
        page.Choose("#f-benchmark", "iconqa");
        page.Choose("#f-outcome", "right");
        page.Find("#p-next").Click();
        (string address, string matches) = (page.Driver.Url, page.Find("#matches").Text);

        page.Open(address[address.IndexOf('#', StringComparison.Ordinal)..]);

        Assert.Equal(matches, page.Find("#matches").Text);
        Assert.Equal("right", page.Evaluate<string>("document.getElementById('f-outcome').value"));
    }

    [Fact]
    public void Slices_are_sorted_by_a_click_on_their_heading()
    {
        page.Open();
        const string Table = "#slices details[open] .bars";
        page.Find($"{Table} thead th:last-child button").Click();
        int[] samples = [.. page.Texts($"#slices details[open]:first-of-type .bars tbody td:last-child").Select(
            text => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture))];

        Assert.Equal("descending", page.Find($"{Table} thead th:last-child").GetDomAttribute("aria-sort"));
        Assert.NotEmpty(samples);
    }

    [Fact]
    public void Narrow_page_does_not_scroll_sideways()
    {
        page.Open();
        page.Resize(360, 740);

        Assert.Equal("360 of 360", page.Evaluate<string>("`${document.documentElement.scrollWidth} of ${document.documentElement.clientWidth}`"));
        Assert.Empty(page.Evaluate<string>(
            "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > 361 && !one.closest('.scroll'))"
            + ".slice(0, 5).map(one => one.outerHTML.slice(0, 120)).join('\\n')"));
    }

    [Fact]
    public void Print_unfolds_the_slices_and_leaves_the_gallery_out()
    {
        page.Open();
        int folded = page.Texts("#slices details:not([open])").Length;
        page.Driver.ExecuteScript("dispatchEvent(new Event('beforeprint'))");
        page.Emulate(("prefers-color-scheme", "light"), media: "print");

        Assert.NotEqual(0, folded);
        Assert.Empty(page.Texts("#slices details:not([open])"));
        Assert.Equal("none", page.Evaluate<string>("getComputedStyle(document.getElementById('cards')).display"));
        Assert.Equal("block", page.Evaluate<string>("getComputedStyle(document.querySelector('.paper-only')).display"));
        Assert.StartsWith("%PDF", System.Text.Encoding.ASCII.GetString(page.Driver.Print(new PrintOptions()).AsByteArray, 0, 4), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("light", 0, "")]
    [InlineData("dark", 0, "")]
    [InlineData("light", 360, "")]
    [InlineData("light", 0, "#?sample=vizwiz/100003")]
    [InlineData("dark", 0, "#?sample=iconqa/100003")]
    public void Page_passes_the_accessibility_check(string colours, int width, string state)
    {
        page.Open(state);
        page.Emulate(("prefers-color-scheme", colours));
        if (width > 0)
            page.Resize(width, 740);
        page.Driver.ExecuteScript(AccessibilityRules());

        string found = (string)page.Driver.ExecuteAsyncScript("""
            const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ["violations"] }).then(results => {
              const nodes = rule => rule.nodes.slice(0, 3).map(node => node.html.slice(0, 200) + " " + node.failureSummary);
              done(results.passes.length < 15
                ? `only ${results.passes.length} rules were checked`
                : JSON.stringify(results.violations.map(rule => ({ id: rule.id, help: rule.help, nodes: nodes(rule) }))));
            });
            """)!;

        Assert.Equal("[]", found);
    }

    private static string AccessibilityRules()
    {
        string path = Path.Combine(Repository.Root, "artifacts", "browser", "node_modules", "axe-core", "axe.min.js");
        Assert.True(
            File.Exists(path),
            "The accessibility check needs axe-core. Install it: npm install --prefix artifacts/browser axe-core@4.14.1 (or have .ci/run do it).");
        return File.ReadAllText(path);
    }

    private IReadOnlyList<ScoredSample> Of(string benchmark) => page.Report.Benchmarks.Single(one => one.Benchmark.Value == benchmark).Samples;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
