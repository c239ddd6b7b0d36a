import Platform
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A name reserved for a result of one job in a folder, before the job is bought.
struct ReservedName: Hashable, Sendable {
    var folder: String
    /// The name without extension, normalized as the file system compares names: on Apple's, case
    /// is ignored.
    var name: String
    /// The name from the template, normalized likewise.
    var stem: String
    /// 1 for the stem itself, 2 for `<stem>-2`.
    var number: Int
    var job: String
}

/// The storage of a ledger's reserved names.
protocol NameShelf {
    /// Returns the reserved numbers of a stem, ascending.
    func numbers(of stem: String, in folder: String) throws -> [Int]
    /// Returns the reservation of a name; `nil` if it is free.
    func holder(of name: String, in folder: String) throws -> ReservedName?
    /// Returns the reservation of a job for a stem.
    func name(of job: String, stem: String) throws -> ReservedName?
    /// Returns whether a job is saved or no longer known; its name is then free unless a file has
    /// it.
    func isOver(_ job: String) throws -> Bool
    mutating func put(_ name: ReservedName) throws
    mutating func remove(_ name: ReservedName) throws
}

extension NameShelf {
    /// Reserves names for a job in the folder of its destination.
    ///
    /// - Parameters:
    ///   - stems: The names from the template.
    ///   - skipped: The number of free names to leave for earlier rows of the run.
    ///   - previous: The job sent earlier for the same row. This job takes over its names if no
    ///     file has them.
    ///   - extensions: The extensions of files that occupy a name.
    /// - Returns: The job with its names.
    mutating func reserve(
        _ stems: [String], of job: JobRecord, leaving skipped: Int = 0, after previous: String? = nil,
        extensions: [String] = JobRecord.usualExtensions
    ) throws -> JobRecord {
        guard let folder = job.folderOfNames, !stems.isEmpty else { return job }
        func hasFile(_ name: String) -> Bool {
            extensions.contains { suffix in
                let path = folder == "/" ? "/\(name).\(suffix)" : "\(folder)/\(name).\(suffix)"
                return FileReader.isTaken(path) || FileReader.isTaken(SavedFile.sidecarPath(for: path))
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

    /// Returns the lowest number of a stem that neither a job nor a file has, after skipping
    /// `skipped` free ones.
    private mutating func freeNumber(
        _ stem: String, _ folder: String, _ skipped: Int, _ hasFile: (String) -> Bool
    ) throws -> Int {
        // If the results were moved away, the plain name is free again.
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
    /// The extensions of the formats that Seedream is documented to return.
    static let usualExtensions = ["png", "jpg", "webp"]

    /// The destination folder, without a trailing slash; `nil` if the job has no destination.
    var folderOfNames: String? {
        guard var folder = destination?.folder else { return nil }
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        return folder
    }

    /// Returns the template's name for one of the job's images, without extension.
    func name(_ template: NameTemplate, index: Int, count: Int) -> String {
        template.name(
            NameTemplate.Values(
                index: index, count: count, row: row?.number ?? 1, id: row?.id, seed: result?.seed,
                request: providerRequestID ?? id, source: inputs.first?.name))
    }

    /// Whether the template gives every row of a run a different name, regardless of its inputs.
    var namesTellRowsApart: Bool {
        destination.flatMap { try? NameTemplate($0.template) }?.tellsRowsApart ?? false
    }

    /// All names that the job's images may get, for every possible number of images. Empty if a
    /// placeholder's value is not known yet.
    var possibleNames: [String] {
        guard let destination, let template = try? NameTemplate(destination.template), !template.needsResult
        else { return [] }
        var names: [String] = []
        // A single image may have no number; otherwise all numbers are padded to the width of the
        // largest.
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
