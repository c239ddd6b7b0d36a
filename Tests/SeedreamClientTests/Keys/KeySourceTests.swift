import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("keys")
struct KeySourceTests {
    private func secret(_ source: KeySource, _ provider: ProviderID, _ environment: [String: String]) throws
        -> String
    { try source.key(for: provider, in: environment).secret }

    /// Writes a file of keys in a configuration folder, and returns an environment that names the
    /// folder.
    private func environment(_ folder: TemporaryFolder, _ text: String, mode: mode_t = 0o600) throws
        -> [String: String]
    {
        try FileManager.default.createDirectory(
            atPath: folder.file("seedream"), withIntermediateDirectories: true)
        try folder.write(text.utf8, as: "seedream/keys")
        #expect(chmod(folder.file("seedream/keys"), mode) == 0)
        return ["XDG_CONFIG_HOME": folder.path]
    }

    // MARK: The environment

    @Test(
        "come from the variable of the provider",
        arguments: [
            (ProviderID.fal, "FAL_KEY"), (.aiml, "AIML_API_KEY"), (.onerouter, "ONEROUTER_API_KEY"),
            (.apiframe, "APIFRAME_API_KEY"), (.ark, "ARK_API_KEY"),
        ])
    func variables(_ provider: ProviderID, _ name: String) throws {
        #expect(KeyNames(provider).key == name)
        #expect(try secret(.environment, provider, [name: " k-123\n", "XDG_CONFIG_HOME": "/no"]) == "k-123")
        for other in ProviderID.allCases where other != provider {
            #expect(throws: KeyError.missing(other, file: "/no/seedream/keys")) {
                try secret(.environment, other, [name: "k-123", "XDG_CONFIG_HOME": "/no"])
            }
        }
    }

    @Test("of fal may come in two halves, unless the whole is set")
    func halves() throws {
        let both = ["FAL_KEY_ID": "kid", "FAL_KEY_SECRET": "ksec", "XDG_CONFIG_HOME": "/no"]
        #expect(try secret(.environment, .fal, both) == "kid:ksec")
        #expect(try secret(.environment, .fal, both.merging(["FAL_KEY": "whole"]) { $1 }) == "whole")
        #expect(throws: KeyError.incomplete(found: "FAL_KEY_ID", missing: "FAL_KEY_SECRET")) {
            try secret(.environment, .fal, ["FAL_KEY_ID": "kid", "FAL_KEY_SECRET": ""])
        }
        #expect(throws: KeyError.incomplete(found: "FAL_KEY_SECRET", missing: "FAL_KEY_ID")) {
            try secret(.environment, .fal, ["FAL_KEY_SECRET": "ksec"])
        }
    }

    @Test("an empty variable gives no key, and the error names a missing one")
    func missing() throws {
        let error = #expect(throws: KeyError.self) {
            try secret(.environment, .ark, ["ARK_API_KEY": "  ", "HOME": "/no"])
        }
        #expect(
            error?.description
                == "Ark: expected a key in ARK_API_KEY or in /no/.config/seedream/keys, found none")
        #expect(
            error?.hint
                == "set ARK_API_KEY, or write `ARK_API_KEY=…` into /no/.config/seedream/keys and `chmod 600` it"
        )
    }

    @Test("that no header field can hold are refused, and not shown")
    func malformed() throws {
        for text in ["sec ret", "sec\r\nX-Evil: 1", "sécret", "sec\u{7F}ret"] {
            let error = #expect(throws: KeyError.self) {
                try secret(.environment, .aiml, ["AIML_API_KEY": text])
            }
            #expect(error == .malformed(variable: "AIML_API_KEY"))
            for shown in [error?.description, error?.hint, String(reflecting: error)] {
                #expect(shown?.contains(text) == false)
                #expect(shown?.contains("X-Evil") == false)
            }
        }
    }

    @Test("from the caller are used as they are, and print nowhere")
    func value() throws {
        let key = try #require(APIKey("k-123"))
        #expect(try secret(.value(key), .fal, ["FAL_KEY": "other"]) == "k-123")
        var text = ""
        dump(KeySource.value(key), to: &text)
        #expect(!text.contains("k-123"))
        #expect(!"\(KeySource.value(key)) \(String(reflecting: KeySource.value(key)))".contains("k-123"))
    }

    // MARK: The file

    @Test(
        "come from the file if the variable has none, without comments and quotes",
        arguments: [0o600, 0o400] as [mode_t])
    func file(_ mode: mode_t) throws {
        let folder = try TemporaryFolder()
        let text = """
            # my keys

            AIML_API_KEY=first
              FAL_KEY_ID = kid\r
            FAL_KEY_SECRET="ksec"
            AIML_API_KEY='a=b'
            SOMETHING_ELSE=
            """
        let environment = try environment(folder, text, mode: mode)
        #expect(KeySource.defaultFile(in: environment) == folder.file("seedream/keys"))
        #expect(try secret(.environment, .aiml, environment) == "a=b")
        #expect(try secret(.environment, .fal, environment) == "kid:ksec")
        #expect(
            try secret(.environment, .aiml, environment.merging(["AIML_API_KEY": "mine"]) { $1 }) == "mine")
        // A named file takes precedence over the environment.
        let named = KeySource.file(folder.file("seedream/keys"))
        #expect(try secret(named, .aiml, ["AIML_API_KEY": "mine"]) == "a=b")
        #expect(throws: KeyError.missing(.ark, file: folder.file("seedream/keys"))) {
            try secret(named, .ark, ["ARK_API_KEY": "mine"])
        }
    }

    @Test(
        "in a file that others can read or write are refused",
        arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o644] as [mode_t])
    func exposed(_ mode: mode_t) throws {
        let folder = try TemporaryFolder()
        let environment = try environment(folder, "ARK_API_KEY=k-123", mode: mode)
        let path = folder.file("seedream/keys")
        let error = #expect(throws: KeyError.self) { try secret(.environment, .ark, environment) }
        #expect(error == .exposed(path: path, mode: Int(mode)))
        #expect(
            error?.description
                == "\(path): expected mode 0600, found 0\(String(mode, radix: 8)): other users may read or change the keys"
        )
        #expect(error?.hint == "`chmod 600 \(path)`")
        // The file is not read if the variable has the key.
        #expect(try secret(.environment, .ark, environment.merging(["ARK_API_KEY": "mine"]) { $1 }) == "mine")
    }

    @Test("in a file of another user are refused", .enabled(if: geteuid() == 0, "root only"))
    func foreign() throws {
        let folder = try TemporaryFolder()
        let environment = try environment(folder, "ARK_API_KEY=k-123")
        #expect(chown(folder.file("seedream/keys"), 65_534, 65_534) == 0)
        #expect(throws: KeyError.foreign(path: folder.file("seedream/keys"))) {
            try secret(.environment, .ark, environment)
        }
    }

    @Test("behind a link come from its target, whose permissions count")
    func link() throws {
        let folder = try TemporaryFolder()
        _ = try environment(folder, "ARK_API_KEY=k-123")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("seedream/keys"))
        #expect(try secret(.file(folder.file("link")), .ark, [:]) == "k-123")
        #expect(chmod(folder.file("seedream/keys"), 0o644) == 0)
        #expect(throws: KeyError.exposed(path: folder.file("link"), mode: 0o644)) {
            try secret(.file(folder.file("link")), .ark, [:])
        }
    }

    @Test(
        "do not come from a folder, a pipe or a missing file",
        .timeLimit(.minutes(1)))
    func noFile() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        for path in [folder.path, folder.file("pipe")] {
            #expect(throws: KeyError.notAFile(path: path)) { try secret(.file(path), .ark, [:]) }
        }
        #expect(throws: KeyError.unreadable(path: folder.file("no"), reason: "No such file or directory")) {
            try secret(.file(folder.file("no")), .ark, [:])
        }
    }

    @Test(
        "in an invalid line are not shown",
        arguments: ["k-123", "=k-123", "MY KEY=k-123", "export ARK_API_KEY=k-123"])
    func line(_ line: String) throws {
        let folder = try TemporaryFolder()
        let environment = try environment(folder, "# one\r\n\r\n\(line)\n")
        let error = #expect(throws: KeyError.self) { try secret(.environment, .ark, environment) }
        #expect(error == .malformedLine(path: folder.file("seedream/keys"), line: 3))
        #expect(error?.description.contains("k-123") == false)
    }

    @Test("are not read from a file of more than 64 KiB")
    func long() throws {
        let folder = try TemporaryFolder()
        let key = "ARK_API_KEY=k-123\n#"
        let fits = try environment(folder, key + String(repeating: "x", count: 65_536 - key.count))
        #expect(try secret(.environment, .ark, fits) == "k-123")
        let long = try environment(folder, key + String(repeating: "x", count: 65_537 - key.count))
        #expect(
            throws: KeyError.unreadable(
                path: folder.file("seedream/keys"), reason: "expected at most 65536 bytes, found more")
        ) {
            try secret(.environment, .ark, long)
        }
    }
}
