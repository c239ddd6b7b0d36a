/// The style sheet of a ``Report``. Colours are named so that a test can compute their contrast.
package enum ReportStyle {
    /// The style sheet. It contains no character that markup would escape.
    static var markup: Markup { Markup(verbatim: colors + rules) }

    /// The pairs of text and background colours in use, by name. Each pair has a contrast of at
    /// least 4.5.
    package static let readings: [(text: String, ground: String)] =
        ["ground", "surface"].flatMap { ground in ["ink", "muted", "link"].map { ($0, ground) } }
        + ["failed", "unknown", "open", "done", "idle"].map { ("\($0)-ink", "\($0)-ground") }

    /// The colours of the light and the dark scheme.
    package static let colors = """

        :root {
          color-scheme: light dark;
          --ground: #f7f6f3; --surface: #ffffff; --ink: #1f2225; --muted: #5c6269; --link: #0b57a8; --line: #e2e0db;
          --failed-ink: #98151f; --failed-ground: #fce8e8; --unknown-ink: #6f4400; --unknown-ground: #fdefd2;
          --open-ink: #0b4a91; --open-ground: #e4effb; --done-ink: #1a5e31; --done-ground: #e3f2e6;
          --idle-ink: #4d5359; --idle-ground: #ecebe7;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            --ground: #131416; --surface: #1b1d20; --ink: #e9e8e5; --muted: #a5abb2; --link: #8fbcf4; --line: #2f3236;
            --failed-ink: #ffb8b4; --failed-ground: #481a1d; --unknown-ink: #ffd793; --unknown-ground: #40300d;
            --open-ink: #b0d2fb; --open-ground: #152f4d; --done-ink: #a9dfb6; --done-ground: #143a20;
            --idle-ink: #c3c7cb; --idle-ground: #2b2e32;
          }
        }

        """

    private static let rules = """
        * { box-sizing: border-box; }
        html { scroll-padding-top: 4.5rem; -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--ground); color: var(--ink);
          font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        header, nav, main { padding: 0 max(1.5rem, calc((100% - 88rem) / 2)); }
        header { padding-top: 2.5rem; padding-bottom: 1rem; }
        h1 { margin: 0; font-size: 1.75rem; font-weight: 650; line-height: 1.2; letter-spacing: -0.015em; overflow-wrap: anywhere; }
        .when { margin: 0.375rem 0 0; color: var(--muted); }
        a { color: var(--link); text-underline-offset: 0.2em; text-decoration-thickness: 1px; }
        a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
        nav { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1.5rem;
          padding-top: 0.625rem; padding-bottom: 0.625rem; background: var(--ground); border-bottom: 1px solid var(--line); }
        .counts { display: flex; flex-wrap: wrap; align-items: center; gap: 0.375rem 0.5rem; margin: 0; padding: 0; list-style: none; }
        .counts li:first-child { margin-right: 0.5rem; }
        .counts a { display: block; border-radius: 1rem; text-decoration: none; }
        .counts a:hover .badge { text-decoration: underline; }
        .sums { margin: 0 0 0 auto; color: var(--muted); font-variant-numeric: tabular-nums; }
        .badge { display: inline-block; padding: 0.125rem 0.625rem; border-radius: 1rem; font-size: 0.8125rem; font-weight: 600;
          white-space: nowrap; font-variant-numeric: tabular-nums; background: var(--idle-ground); color: var(--idle-ink); }
        .badge.failed { background: var(--failed-ground); color: var(--failed-ink); }
        .badge.unknown { background: var(--unknown-ground); color: var(--unknown-ink); }
        .badge.open { background: var(--open-ground); color: var(--open-ink); }
        .badge.done { background: var(--done-ground); color: var(--done-ink); }
        main { padding-bottom: 4rem; }
        .remark { margin: 1.5rem 0 0; max-width: 70ch; color: var(--muted); }
        table { width: 100%; border-collapse: collapse; table-layout: fixed; }
        caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        th, td { padding: 0; text-align: start; vertical-align: top; font-weight: inherit; }
        thead th { padding: 1.25rem 1.5rem 0 0; color: var(--muted); font-size: 0.8125rem; }
        thead th:first-child { width: 17%; }
        thead th:last-child { width: 29%; }
        .section h2 { margin: 0; padding: 2rem 0 0.75rem; font-size: 1.125rem; font-weight: 650; letter-spacing: -0.01em; }
        .section h2 span { color: var(--muted); font-weight: 400; }
        .row { border-top: 1px solid var(--line); }
        .row th, .row td { padding: 1.25rem 1.5rem 1.5rem 0; overflow-wrap: anywhere; }
        .row td:last-child { padding-right: 0; }
        .number { display: block; color: var(--muted); font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
        .name { display: block; margin-bottom: 0.5rem; font-weight: 600; }
        .label { display: none; }
        figure { margin: 0; }
        figure + figure { margin-top: 1.25rem; }
        img { display: block; width: auto; max-width: 100%; height: auto; max-height: 24rem; border-radius: 5px;
          background: var(--idle-ground); box-shadow: 0 0 0 1px var(--line); }
        a:hover img { box-shadow: 0 0 0 2px var(--link); }
        figcaption { margin-top: 0.5rem; font-size: 0.8125rem; }
        figcaption span { display: block; color: var(--muted); font-variant-numeric: tabular-nums; }
        .absent { margin: 0 0 0.5rem; padding: 0.75rem 0.875rem; border: 1px dashed var(--line); border-radius: 5px;
          background: var(--surface); color: var(--muted); font-size: 0.8125rem; }
        .details > * { margin: 0 0 0.75rem; }
        .details > :last-child { margin-bottom: 0; }
        .failure { padding: 0.625rem 0.75rem; border-radius: 5px; background: var(--failed-ground); color: var(--failed-ink); }
        .failure .hint { display: block; margin-top: 0.375rem; font-size: 0.8125rem; }
        .unknown .failure { background: var(--unknown-ground); color: var(--unknown-ink); }
        blockquote { padding: 0 0 0 0.75rem; border-inline-start: 3px solid var(--line); white-space: pre-wrap; }
        .reasons { padding: 0; list-style: none; }
        .reasons li { display: inline; }
        .reasons li + li::before { content: ", "; }
        .notice { color: var(--muted); font-size: 0.8125rem; }
        .notice b { font-weight: 600; }
        dl { font-size: 0.8125rem; }
        dl div { display: grid; grid-template-columns: 5rem 1fr; gap: 0 0.75rem; padding: 0.1875rem 0; }
        dt { color: var(--muted); }
        dd { margin: 0; font-variant-numeric: tabular-nums; }
        @media screen {
          table, thead, tbody, .section, .section th { display: block; }
          thead tr, .row { display: grid; grid-template-columns: 17fr 27fr 27fr 29fr; column-gap: 1.5rem; }
          .row { content-visibility: auto; contain-intrinsic-size: auto 22rem; }
          thead th, .row th, .row td { display: block; width: auto !important; min-width: 0; padding-right: 0; }
        }
        @media screen and (max-width: 60rem) {
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          .row { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1rem; padding: 1.25rem 0 1.5rem; }
          .row th, .row td { padding: 0; }
          .row th, .row .details { grid-column: 1 / -1; }
          .name { display: inline; margin-inline-end: 0.5rem; }
          .number { display: inline; margin-inline-end: 0.25rem; }
          .label { display: block; margin-bottom: 0.375rem; color: var(--muted); font-size: 0.8125rem; }
        }
        @media screen and (max-width: 40rem) {
          header, nav, main { padding-left: 1rem; padding-right: 1rem; }
          header { padding-top: 1.5rem; padding-bottom: 0.75rem; }
          h1 { font-size: 1.375rem; }
          nav { gap: 0.125rem 1rem; }
          .sums { margin-left: 0; font-size: 0.8125rem; }
          .row { gap: 0.75rem; }
        }
        @media print {
          :root { color-scheme: light; --ground: #ffffff; }
          @page { margin: 1.5cm; }
          html { font-size: 9pt; }
          header, .section h2 { padding-top: 0.75rem; }
          dl div { grid-template-columns: 3.5rem 1fr; }
          .row th, .row td { padding-top: 0.75rem; padding-bottom: 0.75rem; }
          nav { position: static; }
          header, nav, main { padding-left: 0; padding-right: 0; }
          .row { break-inside: avoid; }
          .section { break-after: avoid; }
          thead { display: table-header-group; }
          img { max-height: 5cm; }
          a { color: inherit; text-decoration: none; }
          .badge, .failure, img { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }

        """
}
