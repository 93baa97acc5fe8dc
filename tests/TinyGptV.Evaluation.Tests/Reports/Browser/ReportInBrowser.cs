using System.Collections.Immutable;
using System.Globalization;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Reports.Html;

namespace TinyGptV.Evaluation.Tests.Reports.Browser;

/// <summary>The report of about 25,000 synthetic predictions, opened from disk in Chromium.</summary>
public sealed class ReportInBrowser : IDisposable
{
    private const string Installing = "Install them: apt-get install chromium chromium-driver (or have .ci/run do it).";

    private readonly string _folder = Directory.CreateTempSubdirectory("tinygptv-browser-").FullName;
    private readonly ChromeDriver _driver;

    public ReportInBrowser()
    {
        Report = EvaluationReport.Create(Run.Manifest, Run.Predictions, "tinygptv");
        using (StreamWriter page = File.CreateText(Path.Combine(_folder, "report.html")))
            HtmlReport.Write(Report, page);
        WritePictures();
        _driver = Start();
    }

    internal static SyntheticRun Run { get; } = SyntheticRun.Create(Repository.Root);

    internal EvaluationReport Report { get; }

    internal ChromeDriver Driver => _driver;

    /// <summary>The URL of a benchmarks folder with images for the first samples of VSR, VizWiz and RefCOCO.</summary>
    internal string Images => Path.Combine(_folder, "data");

    /// <summary>The page's file URL.</summary>
    internal string Address => new Uri(Path.Combine(_folder, "report.html")).AbsoluteUri;

    public void Dispose()
    {
        _driver.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Reopens the page, in light mode and at desktop width.</summary>
    /// <param name="state">The URL fragment.</param>
    internal void Open(string state = "")
    {
        _driver.Navigate().GoToUrl("about:blank");
        Emulate(("prefers-color-scheme", "light"));
        _driver.ExecuteCdpCommand("Emulation.clearDeviceMetricsOverride", []);
        _driver.Navigate().GoToUrl(Address + state);
    }

    internal void Emulate((string Name, string Value) feature, string media = "") =>
        _driver.ExecuteCdpCommand("Emulation.setEmulatedMedia", new Dictionary<string, object?>
        {
            ["media"] = media,
            ["features"] = new object[] { new Dictionary<string, object> { ["name"] = feature.Name, ["value"] = feature.Value } },
        });

    /// <summary>Resizes the screen.</summary>
    internal void Resize(int width, int height)
    {
        _driver.ExecuteCdpCommand("Emulation.setDeviceMetricsOverride", new Dictionary<string, object?>
        {
            ["width"] = width,
            ["height"] = height,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = true,
        });
        _driver.Navigate().Refresh();
    }

    internal IWebElement Find(string css) => _driver.FindElement(By.CssSelector(css));

    internal ImmutableArray<string> Texts(string css) =>
        [.. ((IEnumerable<object>)_driver.ExecuteScript(
            "return [...document.querySelectorAll(arguments[0])].map(one => one.textContent)", css)!).Cast<string>()];

    internal void Choose(string css, string value)
    {
        _driver.ExecuteScript(
            """
            const [css, value] = arguments;
            const input = document.querySelector(css);
            input.value = value;
            input.dispatchEvent(new Event('input', { bubbles: true }));
            input.dispatchEvent(new Event('change', { bubbles: true }));
            """,
            css,
            value);
    }

    internal T Evaluate<T>(string expression) => (T)_driver.ExecuteScript("return " + expression)!;

    /// <summary>Waits in the browser until a condition holds.</summary>
    internal void WaitUntil(string condition) => Assert.True(
        (bool)_driver.ExecuteAsyncScript(
                $$"""
                const done = arguments[arguments.length - 1];
                const look = () => ({{condition}}) ? done(true) : requestAnimationFrame(look);
                look();
                """)!,
            condition);

    /// <summary>Errors on the page's console, except missing images.</summary>
    internal ImmutableArray<string> Errors() =>
    [
        .. _driver.Manage().Logs.GetLog(LogType.Browser)
            .Where(entry => entry.Level == LogLevel.Severe && !entry.Message.Contains("ERR_FILE_NOT_FOUND", StringComparison.Ordinal))
            .Select(entry => entry.Message),
    ];

    private static ChromeDriver Start()
    {
        string browser = Locate("chromium"), driver = Locate("chromedriver");
        var options = new ChromeOptions { BinaryLocation = browser };
        options.AddArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900");
        options.SetLoggingPreference(LogType.Browser, LogLevel.Severe);
        var service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(driver), Path.GetFileName(driver));
        service.SuppressInitialDiagnosticInformation = true;
        return new ChromeDriver(service, options, TimeSpan.FromMinutes(3));
    }

    private static string Locate(string program)
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Assert.True(found is not null, $"The report is looked at in Chromium, and '{program}' is not on PATH. {Installing}");
        return found;
    }

    private void WritePictures()
    {
        string picture = Directory.EnumerateFiles(Path.Combine(Repository.Root, "benchmarks-data", "sample", "vsr"), "*.jpg", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).First();
        foreach (var definition in Run.Manifest.Benchmarks.Select(benchmark => benchmark.Definition).Where(
            definition => definition.Name.Value is "vsr" or "vizwiz" or "refcoco-val"))
        {
            // In the last folder, so that the page searches the others first.
            string folder = Path.Combine(Images, definition.Name.Value, definition.ImageFolders[^1]);
            Directory.CreateDirectory(folder);
            for (int image = 0; image < 100; image++)
                File.Copy(picture, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"n{image:D6}.jpg")));
        }
    }
}
