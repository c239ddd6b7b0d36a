import ImagePreparation
import Pixels
import Platform
import SeedreamClient
import SeedreamModel

/// The markup of a ``Report``.
struct ReportPage {
    let report: Report
    let selection: ReportSelection
    let link: ReportLink

    // MARK: Around the rows

    /// The markup before the first row.
    var head: Markup {
        """
        <!DOCTYPE html>
        <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
        <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <title>\(report.title)</title>
        <style>\(ReportStyle.markup)</style>
        </head>
        <body>
        <header>
        <h1><bdi>\(report.title)</bdi></h1>
        <p class="when">Made on \(LocalTime.text(report.created))</p>
        </header>
        <nav aria-label="Summary">
        <ul class="counts">\(counts)</ul>
        <p class="sums">\(sums)</p>
        </nav>
        <main>
        \(remarks)
        <table role="table">
        <caption>Each row shows its images before and after, and its details.</caption>
        <thead role="rowgroup"><tr role="row">\(columns)</tr></thead>

        """
    }

    /// The markup after the last row.
    var foot: Markup {
        let end: Markup =
            selection.rows.isEmpty
            ? "<tbody role=\"rowgroup\"><tr role=\"row\"><td role=\"cell\" colspan=\"4\">No rows.</td></tr></tbody>\n"
            : "</tbody>\n"
        return end + "</table>\n</main>\n</body>\n</html>\n"
    }

    // Roles are explicit, since some screen readers do not recognise a table that is laid out as a
    // grid.
    private var columns: [Markup] {
        ["Row", "Before", "After", "Details"].map { "<th scope=\"col\" role=\"columnheader\">\($0)</th>" }
    }

    private var counts: [Markup] {
        let rows = report.rows
        let all: Markup = "<li><b>\(rows.count)</b> \(rows.count == 1 ? "row" : "rows")</li>"
        return [all]
            + ReportRow.State.allCases.compactMap { state in
                let count = rows.count { $0.state == state }
                guard count > 0 else { return nil }
                let target = [.failed, .unknown].contains(state) ? state.rawValue : "others"
                return "<li><a href=\"#\(target)\">\(badge(state, text: "\(count) \(state.word)"))</a></li>"
            }
    }

    /// Cost and bytes of all rows, as far as they are known.
    private var sums: Markup {
        var parts: [String] = []
        for unit in [Price.Unit.usDollars, .credits] {
            let costs = report.rows.compactMap(\.cost).filter { $0.unit == unit }
            guard !costs.isEmpty else { continue }
            let sum = ReportRow.Cost(
                amount: costs.reduce(0) { $0 + $1.amount }, unit: unit,
                isEstimate: costs.contains(where: \.isEstimate))
            parts.append(sum.text)
        }
        let results = report.rows.reduce(0) { $0 + $1.after.count }
        if results > 0 {
            let bytes = report.rows.flatMap(\.after).compactMap(\.byteCount).reduce(0, +)
            parts.append("\(results) \(results == 1 ? "result" : "results") of \(bytes.formattedBytes)")
        }
        return "\(parts.joined(separator: " · "))"
    }

    private var remarks: Markup {
        guard selection.leftOut > 0 else { return "" }
        return """
            <p class="remark">This page shows all failed and unknown rows, and the first \(Report.maximumRows) of the \
            others. \(selection.leftOut) rows are left out; the counts above cover all \(report.rows.count).</p>
            """
    }

    /// Returns the heading of a section before its first row.
    private func heading(before row: Int) -> Markup {
        guard let section = selection.sections.first(where: { $0.rows.first == row }) else { return "" }
        let isFirst = selection.rows.first == row
        let words: Markup =
            switch section.state {
            case .failed: "Failed"
            case .unknown: "Outcome unknown: they may have been bought"
            default: isFirst ? "All rows" : "All other rows"
            }
        let id = section.state?.rawValue ?? "others"
        return """
            \(isFirst ? "" : "</tbody>\n" as Markup)<tbody role="rowgroup" id="\(id)">
            <tr role="row" class="section"><th role="rowheader" colspan="4" scope="rowgroup"><h2>\(words) <span>\(section.rows.count)</span></h2></th></tr>

            """
    }

    // MARK: One row

    /// Writes a row.
    ///
    /// - Parameter made: The thumbnails of the images that had to be read, in the row's order.
    func write(row number: Int, _ made: [Thumbnail.Outcome], to writer: inout PageWriter) throws(FileError) {
        let row = report.rows[number]
        var made = made[...]
        try writer.write(
            """
            \(heading(before: number))<tr role="row" class="row \(row.state.rawValue)">
            <th scope="row" role="rowheader"><span class="number">\(number + 1)</span> <bdi class="name">\(row.name)</bdi> \
            \(badge(row.state, text: row.state.word))</th>

            """)
        for (label, images) in [("Before", row.before), ("After", row.after)] {
            try writer.write(
                "<td role=\"cell\" class=\"images\"><span class=\"label\" aria-hidden=\"true\">\(label)</span>"
            )
            if images.isEmpty { try writer.write("<p class=\"absent\">\(nothing(label, row))</p>") }
            for image in images {
                let outcome = image.input == nil ? nil : made.popFirst()
                try write(image, label, outcome, to: &writer)
            }
            try writer.write("</td>\n")
        }
        try writer.write("<td role=\"cell\" class=\"details\">\(details(of: row))</td>\n</tr>\n")
    }

    /// Returns the text for a side without images.
    private func nothing(_ label: String, _ row: ReportRow) -> String {
        label == "Before" && row.jobID != nil ? "No image: text to image" : "No image"
    }

    private func write(
        _ image: ReportImage, _ label: String, _ outcome: Thumbnail.Outcome?, to writer: inout PageWriter
    ) throws(FileError) {
        var (image, thumbnail, reason) = (image, Thumbnail?.none, String?.none)
        switch (image.content, outcome) {
        case (.thumbnail(let ready), _): thumbnail = ready
        case (.absent(let why), _): reason = why
        case (.input, .made(let new, let facts)):
            thumbnail = new
            image.complete(from: facts)
        case (.input, .failed(let why)): reason = "No thumbnail: \(why)"
        case (.input, nil): reason = "No thumbnail"
        }
        let uri = thumbnail.map { DataURI(mediaType: .jpeg, bytes: $0.bytes) }
        if let uri, !writer.hasRoom(for: uri) {
            (thumbnail, reason) = (nil, "No thumbnail: the page has reached its maximum size")
        }
        let target = image.path.flatMap { Folder.isTaken($0) ? link.reference(to: $0) : nil }
        let (open, close): (Markup, Markup) = target.map { ("<a href=\"\($0)\">", "</a>") } ?? ("", "")
        try writer.write("<figure>")
        if let thumbnail, let uri {
            let alternative = [label + ": " + image.name, image.size.map { "\($0.words)" }]
                .compactMap(\.self).joined(separator: ", ")
            try writer.write("\(open)<img src=\"")
            try writer.write(uri)
            try writer.write(
                """
                " alt="\(alternative)" width="\(thumbnail.size.width)" height="\(thumbnail.size.height)" \
                loading="lazy" decoding="async" />\(close)
                """)
        }
        if let reason { try writer.write("<p class=\"absent\">\(reason)</p>") }
        try writer.write("<figcaption>")
        try writer.write("\(open)<bdi class=\"file\">\(image.fileName)</bdi>\(close)")
        for line in image.lines(thumbnail) { try writer.write("<span>\(line)</span>") }
        try writer.write("</figcaption></figure>")
    }

    private func details(of row: ReportRow) -> Markup {
        var parts: [Markup] = []
        if let failure = row.failure {
            let hint: Markup = failure.hint.map { "<span class=\"hint\">What to do: \($0)</span>" } ?? ""
            parts.append("<p class=\"failure\"><bdi>\(failure.message)</bdi>\(hint)</p>")
        }
        if let prompt = row.prompt {
            parts.append("<blockquote dir=\"auto\">\(Markup(lines: Self.shortened(prompt)))</blockquote>")
        }
        if !row.reasons.isEmpty {
            let items = row.reasons.map { "<li>\($0)</li>" as Markup }
            parts.append("<ul class=\"reasons\" aria-label=\"What was done\">\(items)</ul>")
        }
        parts += row.notices.map { "<p class=\"notice\"><b>Note:</b> <bdi>\($0)</bdi></p>" }
        var facts = row.facts
        if let cost = row.cost { facts.append(.init("Cost", cost.text)) }
        if let id = row.jobID { facts.append(.init("Job", id)) }
        if let id = row.requestID { facts.append(.init("Request", id)) }
        if !facts.isEmpty {
            let items = facts.map {
                "<div><dt>\($0.label)</dt><dd><bdi>\($0.value)</bdi></dd></div>" as Markup
            }
            parts.append("<dl>\(items)</dl>")
        }
        return "\(parts)"
    }

    /// Returns a badge that shows the state by word, sign and colour.
    private func badge(_ state: ReportRow.State, text: String) -> Markup {
        "<span class=\"badge \(state.rawValue)\"><span aria-hidden=\"true\">\(state.sign)</span> \(text)</span>"
    }

    /// Returns a prompt, cut after 2 000 characters. Our number.
    private static func shortened(_ text: String) -> String {
        let start = text.prefix(2000)
        guard start.endIndex < text.endIndex else { return text }
        return "\(start)… (\(text.count - 2000) more characters)"
    }
}
