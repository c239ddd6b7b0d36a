#if Client
import Configuration
import Platform
import SeedreamClient
import SeedreamModel

/// The configuration file, `seedream/config.json` in the user's configuration folder.
enum ConfigurationFile {
    /// The size limit in bytes. Our choice: all settings take a few hundred bytes.
    static let maximumLength = 1 << 16

    /// The path, whether or not the file exists.
    static var path: String { ConfigurationFolder.path() + "/config.json" }

    /// Returns whether there is a file to read.
    ///
    /// - Throws: ``ConfigurationError`` if something is at the path that is not read.
    static func exists(_ path: String) throws(ConfigurationError) -> Bool {
        guard let status = fileStatus(path) else {
            let code = errno
            // A link without a target is a mistake; nothing at all is the usual case.
            guard [ENOENT, ENOTDIR].contains(code), fileStatus(path, followsLinks: false) == nil else {
                throw unreadable(path, FileError(.read, path, errno: code).reason)
            }
            return false
        }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG else {
            throw ConfigurationError(
                path, "expected a file, found \(kind == S_IFDIR ? "a folder" : "something else")",
                hint: "move it away, and write the settings into a file of that name")
        }
        let length = Int(status.st_size)
        guard length <= maximumLength else {
            throw ConfigurationError(
                path, "expected at most \(maximumLength) bytes, found \(length)",
                hint: "write the settings only")
        }
        guard status.st_mode & 0o002 == 0 else {
            throw ConfigurationError(
                path,
                "expected a file that others cannot change, found mode 0\(String(status.st_mode & 0o777, radix: 8))",
                hint: "`chmod o-w \(path)`")
        }
        guard access(path, R_OK) == 0 else {
            throw unreadable(path, FileError(.read, path, errno: errno).reason)
        }
        return true
    }

    private static func unreadable(_ path: String, _ reason: String) -> ConfigurationError {
        ConfigurationError(
            path, "cannot be read: \(reason)",
            hint: "check the file and its folder, or set XDG_CONFIG_HOME to another folder")
    }

    /// Reads the file once.
    ///
    /// - Returns: `nil` if there is no file.
    static func provider(at path: String) async throws -> FileProvider<SettingsSnapshot>? {
        guard try exists(path) else { return nil }
        let alias = PathAlias(path)
        // The provider takes its path from another reader, or as a type of swift-system.
        let place = InMemoryProvider(values: [
            AbsoluteConfigKey(["filePath"]): ConfigValue(.string(alias.path), isSecret: false)
        ])
        do {
            let provider = try await FileProvider<SettingsSnapshot>(
                parsingOptions: .init(path: path), config: ConfigReader(provider: place))
            return withExtendedLifetime(alias) { provider }
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw unreadable(path, "it changed meanwhile")
        }
    }
}

/// The checked settings of the configuration file, for swift-configuration's `FileProvider`.
///
/// Not its `JSONSnapshot`, whose parser accepts duplicate names, and which returns no value instead
/// of an error if a value has another type.
struct SettingsSnapshot: FileConfigSnapshot {
    /// What errors need to know.
    struct ParsingOptions: FileParsingOptions {
        /// The path of the file.
        var path = ""

        static let `default` = Self()
    }

    let providerName: String
    /// The values as text by key: `provider`, `model`, `model.fal`, `model.fal.edit` and so on.
    private let texts: [String: String]

    /// - Throws: ``ConfigurationError`` for the first mistake in the file.
    init(data: RawSpan, providerName: String, parsingOptions: ParsingOptions) throws {
        self.providerName = providerName
        var parser = SettingsParser(parsingOptions.path, data.withUnsafeBytes { Array($0) })
        texts = try parser.texts()
    }

    func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
        let name = key.components.joined(separator: ".")
        return LookupResult(
            encodedKey: name, value: texts[name].map { ConfigValue(.string($0), isSecret: false) })
    }

    var description: String { "\(providerName)[\(texts.count) settings]" }
    var debugDescription: String { description }
}

/// Reads the text of a configuration file: one JSON object, in which everything is known and valid.
private struct SettingsParser {
    private let path: String
    private let bytes: [UInt8]
    private var found: [String: String] = [:]

    init(_ path: String, _ bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }

    mutating func texts() throws(ConfigurationError) -> [String: String] {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw ConfigurationError(
                path, "expected UTF-8 without a byte order mark, found one",
                hint: "save the file as plain UTF-8")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw ConfigurationError(
                path, "expected UTF-8, found other bytes", hint: "save the file as plain UTF-8")
        }
        guard bytes.contains(where: { !" \t\r\n".utf8.contains($0) }) else {
            throw ConfigurationError(
                path, "expected a JSON object, found an empty file", hint: "write {}, or remove the file")
        }
        guard let members = try members(in: bytes.indices) else {
            throw ConfigurationError(
                path, "expected a JSON object, found another value",
                hint: "write such as {\"provider\": \"fal\"}")
        }
        for member in members {
            guard let key = SettingKey(rawValue: member.name) else { throw unknown(member.name) }
            if key == .model, member.value.object != nil {
                try addModels(member.text)
            } else {
                try add(member, key, as: key.rawValue)
            }
        }
        return found
    }

    /// Returns the members of an object, or `nil` for another value.
    private func members(in range: Range<Int>) throws(ConfigurationError) -> [JSONMember]? {
        let read: Result<[JSONMember]?, JSONSyntaxError> = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONSyntaxError) in
                try JSONValue.members(parsing: UnsafeBufferPointer(rebasing: buffer[range]))
            }
        }
        switch read {
        case .success(let members):
            guard var members else { return nil }
            var names: Set<String> = []
            for index in members.indices {
                let text = members[index].text
                members[index].text = text.lowerBound + range.lowerBound..<text.upperBound + range.lowerBound
                guard names.insert(members[index].name).inserted else {
                    throw ConfigurationError(
                        path, key: SecretText.shown(members[index].name), "expected one value, found two",
                        hint: "remove one of them")
                }
            }
            return members
        case .failure(let error): throw syntax(error)
        }
    }

    /// Adds the models by provider, and by kind of request.
    private mutating func addModels(_ range: Range<Int>) throws(ConfigurationError) {
        let names = ProviderID.allCases.map(\.rawValue)
        for member in try members(in: range) ?? [] {
            guard names.contains(member.name) else { throw unknown(member.name, in: "model", names) }
            let key = "model.\(member.name)"
            guard member.value.object != nil else {
                try add(member, .model, as: key)
                continue
            }
            let kinds = GenerationOperation.allCases.map(\.rawValue)
            for member in try members(in: member.text) ?? [] {
                guard kinds.contains(member.name) else { throw unknown(member.name, in: key, kinds) }
                try add(member, .model, as: "\(key).\(member.name)")
            }
        }
    }

    private mutating func add(_ member: JSONMember, _ key: SettingKey, as name: String)
        throws(ConfigurationError)
    {
        let text = String(decoding: bytes[member.text], as: UTF8.self)
        let value: String
        var hint: String?
        switch (key, member.value) {
        case (.parallel, .integer), (.budget, .integer), (.budget, .number): value = text
        case (.parallel, .string(let string)) where key.objection(to: string) == nil:
            (value, hint) = (string, "write it without quotes")
        case (.parallel, _): (value, hint) = (text, "write such a number")
        case (_, .string(let string)): value = string
        case (.model, _):
            (value, hint) = ("", "write an id, or an object with an id for each provider")
        case (_, .bool), (_, .integer), (_, .number):
            (value, hint) = ("", key.objection(to: text) ?? "write it in quotes")
        default: (value, hint) = ("", "write a single value, or remove \(key.rawValue)")
        }
        guard let hint = hint ?? key.objection(to: value) else {
            found[name] = value
            return
        }
        throw ConfigurationError(
            path, key: name, "expected \(key.expected), found \(Self.shown(member.value, text))", hint: hint)
    }

    private static func shown(_ value: JSONValue, _ text: String) -> String {
        switch value {
        case .string(let string): SecretText.shown(string)
        case .object: "an object"
        case .array: "a list"
        default: text.count > 24 ? "a long number" : text
        }
    }

    // MARK: Errors

    /// The error for a name that is not one of `names`.
    private func unknown(_ name: String, in key: String? = nil, _ names: [String]? = nil)
        -> ConfigurationError
    {
        let names = names ?? SettingKey.allCases.map(\.rawValue)
        let list = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        if let suggestion = SettingKey.suggestion(name, names) {
            return ConfigurationError(
                path, key: key, "expected \(list), found \(SecretText.shown(name))", hint: suggestion)
        }
        let lower = name.lowercased()
        if SecretText.isNamed(by: name) || SecretText.isLikely(name) {
            return ConfigurationError(
                path, key: key, "expected no key of a provider, found \(SecretText.shown(name))",
                hint: "put keys into the provider's variable or into the file of keys beside this one")
        }
        if lower.contains("price") || lower.contains("cost") {
            return ConfigurationError(
                path, key: key, "expected no price, found \(SecretText.shown(name))",
                hint: "prices are those of `seedream providers`; `--price` gives another one")
        }
        return ConfigurationError(
            path, key: key, "expected \(list), found \(SecretText.shown(name))",
            hint: "remove it; other options are given on the command line")
    }

    private func syntax(_ error: JSONSyntaxError) -> ConfigurationError {
        let before = bytes.prefix(error.offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = String(decoding: before[start...], as: UTF8.self).count + 1
        let next = bytes.dropFirst(error.offset).first
        let isComment = next == UInt8(ascii: "/") || next == UInt8(ascii: "#")
        return ConfigurationError(
            path, "line \(line), column \(column): expected \(error.expected)",
            hint: isComment
                ? "JSON has no comments; remove them"
                : "write JSON, such as {\"provider\": \"fal\", \"parallel\": 4}")
    }
}
#endif
