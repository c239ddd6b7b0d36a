import ImagePreparation
import Platform
import SeedreamClient
import SeedreamKit
import SeedreamModel
import Synchronization

/// Prepares the image of a row and writes it to a file. A row that is repeated writes the same
/// file.
struct RowPreparer: Sendable {
    let preparer: ImagePreparer
    let output: OutputFolder
    /// The template for names of rows that have none; `nil` for names from ids.
    let template: NameTemplate?
    /// Downloads a URL; `nil` if this build has no HTTP client.
    let fetch: (@Sendable (_ url: String) async throws -> [UInt8])?
    private let names = TemplateNames()

    init(
        _ preparer: ImagePreparer, output: OutputFolder, template: NameTemplate?,
        fetch: (@Sendable (_ url: String) async throws -> [UInt8])?
    ) {
        (self.preparer, self.output, self.template, self.fetch) = (preparer, output, template, fetch)
    }

    /// A reason why a row cannot be prepared.
    private struct Refusal: Error {
        var failure: RowFailure

        init(_ category: LocalErrorCategory, _ code: ErrorCode, _ message: String, _ hint: String) {
            failure = RowFailure(
                category: category.rawValue, code: code.rawValue, message: message, hint: hint)
        }
    }

    /// Prepares a row of one image.
    ///
    /// - Returns: The answer, with the file or the error.
    func document(of row: ManifestRow) async -> RowDocument {
        var document = RowDocument(row)
        (document.operation, document.prompt) = (.prep, nil)
        do {
            try await prepare(row, into: &document)
        } catch let refusal as Refusal {
            (document.state, document.error) = (.failed, refusal.failure)
        } catch {
            (document.state, document.error) = (.failed, RowFailure(error))
        }
        return document
    }

    private func prepare(_ row: ManifestRow, into document: inout RowDocument) async throws {
        guard let argument = row.images.first else { return }
        let target = output.target(try name(of: row, argument), in: "")
        if output.existing == .skip, let path = output.existingPaths(target: target).first {
            document.files = [try savedFile(path)]
            document.state = .skipped
            return
        }
        let input = try await input(argument)
        try spare(input)
        switch try await preparer.prepareOne(input) {
        case .failed(let failed):
            throw Refusal(.input, failed.code, "\(failed.name): \(failed.message)", failed.hint)
        case .prepared(let image):
            let path = output.path(target: target, mediaType: image.mediaType)
            try write(image, to: path)
            let record = ImageRecord(image, path: path)
            document.image = record
            document.files = [
                SavedFile(
                    index: 0, path: PathText.absolute(path), sha256: record.prepared.sha256 ?? image.sha256,
                    byteCount: image.bytes.count, mediaType: image.mediaType.rawValue, size: image.size)
            ]
            document.state = .saved
        }
    }

    private func write(_ image: PreparedImage, to path: String) throws(Refusal) {
        do throws(OutputFolder.Failure) {
            try output.write(image.bytes, to: path)
        } catch {
            throw Refusal(.output, .outputFailed, error.message, error.hint)
        }
    }

    private func savedFile(_ path: String) throws -> SavedFile {
        let type = MediaType(fileName: path)?.rawValue ?? ""
        let count = fileStatus(path).map { Int($0.st_size) } ?? 0
        return SavedFile(
            index: 0, path: PathText.absolute(path),
            sha256: try ImageInput.file(path).sha256(limits: preparer.options.limits), byteCount: count,
            mediaType: type)
    }

    // MARK: Inputs

    private func input(_ argument: String) async throws -> ImageInput {
        let request = RowRequest.Input(argument: argument, fetchesURLs: true)
        guard case .fetched(let url) = request else { return ImageInput(argument: argument) }
        guard let fetch else {
            throw Refusal(
                .configuration, .unreadableInput, "\(request.name): this seedream was built without HTTP",
                "build it with its default traits, or name a file")
        }
        do {
            return .bytes(try await fetch(url), name: request.name)
        } catch let error as FetchError {
            throw Refusal(.input, .unreadableInput, "\(error)", error.hint)
        }
    }

    /// Checks that no result can replace an image of the folder that this one is from.
    private func spare(_ input: ImageInput) throws(Refusal) {
        guard let path = input.filePath, output.isSame(as: Folder.containing(path)) else { return }
        throw Refusal(
            .output, .outputFailed, "expected a folder other than that of the image, found \(output.path)",
            "name another folder with `-o`; results could replace images there")
    }

    // MARK: Names

    private func name(of row: ManifestRow, _ argument: String) throws -> String {
        guard
            let template = try row.name.map({
                try NameTemplate($0, knowing: NameTemplate.Placeholder.ofRows)
            }) ?? template
        else {
            return row.isNumbered ? NameTemplate.name(ofImage: argument) : NameTemplate.name(ofID: row.id)
        }
        let values = NameTemplate.Values(
            index: 0, count: 1, row: row.line, id: row.isNumbered ? nil : row.id, source: argument)
        let name = template.name(values)
        guard names.insert(name) else {
            throw Refusal(
                .output, .outputFailed, "expected a name that no earlier row has, found \(name)",
                "put {id} into the template")
        }
        return name
    }
}

/// The names that templates have given, so that no two rows of one process write the same file.
private final class TemplateNames: Sendable {
    private let hashes = Mutex<Set<Int>>([])

    /// Adds a name.
    ///
    /// - Returns: `false` if it is there already.
    func insert(_ name: String) -> Bool {
        let key = TakenNames.key(name, "")
        return hashes.withLock { $0.insert(key.hashValue).inserted }
    }
}
