import AtomicFiles

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A name that the results of one job have in a folder, from before the job is bought.
struct ReservedName: Hashable, Sendable {
    var folder: String
    /// The name without extension, as the file system compares it: on Apple's, case tells no names
    /// apart.
    var name: String
    /// The name as the template gives it, compared likewise.
    var stem: String
    /// 1 for the stem itself, 2 for `<stem>-2`.
    var number: Int
    var job: String
}

/// Where a ledger keeps reserved names.
protocol NameShelf {
    /// The numbers of a stem that are reserved, ascending.
    func numbers(of stem: String, in folder: String) throws -> [Int]
    /// Who has a name; `nil` where it is free.
    func holder(of name: String, in folder: String) throws -> ReservedName?
    /// What a job has for a stem.
    func name(of job: String, stem: String) throws -> ReservedName?
    /// Whether a job is saved, or forgotten: without a file, its name is free again.
    func isOver(_ job: String) throws -> Bool
    mutating func put(_ name: ReservedName) throws
    mutating func remove(_ name: ReservedName) throws
}

extension NameShelf {
    /// Reserves names for a job in the folder of its destination.
    ///
    /// - Parameters:
    ///   - stems: As the template gives them.
    ///   - skipped: How many free names are left to earlier rows of the run.
    ///   - previous: The job that was sent for the same row before; its names are this one's where
    ///     no file has them.
    ///   - extensions: Of files that take a name.
    /// - Returns: The job with its names.
    mutating func reserve(
        _ stems: [String], of job: JobRecord, leaving skipped: Int = 0, after previous: String? = nil,
        extensions: [String] = JobRecord.usualExtensions
    ) throws -> JobRecord {
        guard let folder = job.folderOfNames, !stems.isEmpty else { return job }
        func hasFile(_ name: String) -> Bool {
            extensions.contains { suffix in
                let path = folder == "/" ? "/\(name).\(suffix)" : "\(folder)/\(name).\(suffix)"
                return FileReader.isTaken(path) || FileReader.isTaken(Sidecar.path(for: path))
            }
        }
        var names = job.names ?? [:]
        for stem in stems {
            let key = Self.key(stem)
            if let old = try name(of: job.id, stem: key) { try remove(old) }
            var number: Int
            if let previous, let old = try name(of: previous, stem: key), old.folder == folder,
                !hasFile(Self.name(stem, old.number))
            {
                try remove(old)
                number = old.number
            } else {
                number = try freeNumber(stem, folder, skipped, hasFile)
            }
            let name = Self.name(stem, number)
            names[stem] = name
            try put(
                ReservedName(
                    folder: folder, name: Self.key(name), stem: key, number: number, job: job.id))
        }
        var reserved = job
        reserved.names = names
        return reserved
    }

    /// The first number of a stem, but for `skipped` free ones, that neither a job nor a file has.
    private mutating func freeNumber(
        _ stem: String, _ folder: String, _ skipped: Int, _ hasFile: (String) -> Bool
    ) throws -> Int {
        // Results that were taken away leave the plain name to the next.
        if let plain = try holder(of: Self.key(stem), in: folder), try isOver(plain.job), !hasFile(stem) {
            try remove(plain)
        }
        var taken = try numbers(of: Self.key(stem), in: folder).makeIterator()
        var next = taken.next()
        var left = skipped
        var number = 0
        while true {
            number += 1
            if number == next {
                next = taken.next()
                continue
            }
            let name = Self.name(stem, number)
            guard try holder(of: Self.key(name), in: folder) == nil, !hasFile(name) else { continue }
            if left == 0 { return number }
            left -= 1
        }
    }

    private static func name(_ stem: String, _ number: Int) -> String {
        number == 1 ? stem : "\(stem)-\(number)"
    }

    private static func key(_ name: String) -> String {
        #if canImport(Darwin)
        name.precomposedStringWithCanonicalMapping.lowercased()
        #else
        name
        #endif
    }
}

extension JobRecord {
    /// Extensions of the formats that Seedream is documented to make.
    static let usualExtensions = ["png", "jpg", "webp"]

    /// The folder of its results, without a slash at its end; `nil` where it has no destination.
    var folderOfNames: String? {
        guard var folder = destination?.folder else { return nil }
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        return folder
    }

    /// The name of one of its images by its template, without extension.
    func name(_ template: NameTemplate, index: Int, count: Int) -> String {
        template.name(
            NameTemplate.Values(
                index: index, count: count, row: row?.number ?? 1, id: row?.id, seed: result?.seed,
                request: hostRequestID ?? id, source: inputs.first?.name))
    }

    /// Whether no two rows of a run are named alike, whatever their inputs are called.
    var namesTellRowsApart: Bool {
        destination.flatMap { try? NameTemplate($0.template) }?.tellsRowsApart ?? false
    }

    /// Every name that its images may get, however many come; none where what a name says is not
    /// known yet.
    var possibleNames: [String] {
        guard let destination, let template = try? NameTemplate(destination.template), !template.needsResult
        else { return [] }
        var names: [String] = []
        // Alone, an image may have no number; then numbers are as wide as the largest one.
        for count in [1, 9, 99, 999] where count == 1 || maximumOutputs > count / 10 {
            let count = min(count, max(1, maximumOutputs))
            for name in (0..<count).map({ name(template, index: $0, count: count) })
            where !names.contains(name) {
                names.append(name)
            }
        }
        return names
    }
}
