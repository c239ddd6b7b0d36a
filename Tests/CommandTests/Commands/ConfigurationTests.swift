#if Client
import Foundation
import TestSupport
import Testing

@Suite("configuration")
struct ConfigurationTests {
    static let photo = Fixtures.path("photos/rocket.jpg")

    // MARK: Precedence

    struct Precedence: CustomTestStringConvertible, Sendable {
        var key: String
        /// The built-in value; `nil` without one.
        var builtIn: String?
        /// The value in the file as JSON, and as text.
        var json: String, file: String
        var variable: String
        var testDescription: String { key }

        var name: String { "SEEDREAM_" + key.uppercased().replacing("-", with: "_") }
    }

    static let precedences = [
        Precedence(key: "provider", builtIn: "fal", json: #""ark""#, file: "ark", variable: "aiml"),
        Precedence(key: "model", json: #""seedream-5""#, file: "seedream-5", variable: "seedream-6"),
        Precedence(key: "output", builtIn: ".", json: #""~/Pictures""#, file: "~/Pictures", variable: "out"),
        Precedence(key: "budget", json: "2.50", file: "2.50", variable: "30credits"),
        Precedence(key: "parallel", builtIn: "2", json: "4", file: "4", variable: "8"),
        Precedence(
            key: "send-images", builtIn: "auto", json: #""upload""#, file: "upload", variable: "inline"),
    ]

    @Test("a variable precedes the file, and the file precedes the built-in value", arguments: precedences)
    func precedence(_ test: Precedence) async throws {
        let none = try #require(try await ConfiguredFolder().setting(test.key))
        #expect(none.value == test.builtIn)
        #expect(none.source == "default")
        let configured = try ConfiguredFolder("{\"\(test.key)\": \(test.json)}")
        let file = try #require(try await configured.setting(test.key))
        #expect(file.value == test.file)
        #expect(file.source == configured.path)
        let variable = try #require(try await configured.setting(test.key, [test.name: test.variable]))
        #expect(variable.value == test.variable)
        #expect(variable.source == test.name)
        // An empty variable counts as not set.
        #expect(try await configured.setting(test.key, [test.name: ""]) == file)
    }

    @Test("an option precedes everything, and what is configured is said in a dry run")
    func options() async throws {
        let configured = try ConfiguredFolder(
            #"{"provider": "ark", "budget": 0.01, "send-images": "inline", "model": "seedream-9"}"#)
        let refused = try await configured.run("edit", "a hat", Self.photo, "--dry-run")
        #expect(refused.status == 80, "\(refused)")
        #expect(
            refused.errorLines.first
                == "note: provider ark, send-images inline, model seedream-9, budget 0.01 from \(configured.path)"
        )
        #expect(refused.errors.contains("error: no price is known"), "\(refused.errors)")
        let given = try await configured.run(
            "edit", "a hat", Self.photo, "--dry-run", "-p", "fal", "--budget", "1", "--send-images", "auto")
        #expect(given.status == 0, "\(given)")
        #expect(given.errors == "")
        #expect(given.text.contains("POST https://queue.fal.run/fal-ai/bytedance/seedream/v4/edit"))
        let model = try await configured.run(
            "edit", "a hat", Self.photo, "--dry-run", "--model", "seedream-4-0-250828", "--budget", "1",
            "--price", "0.03")
        #expect(model.status == 0, "\(model)")
        #expect(model.text.contains(#""model" : "seedream-4-0-250828""#), "\(model.text)")
        #expect(model.errors == "note: provider ark, send-images inline from \(configured.path)\n")
    }

    @Test("a budget holds for generate and batch too, in the unit that it has")
    func budgets() async throws {
        let configured = try ConfiguredFolder(#"{"budget": 0.05}"#)
        try configured.folder.write(
            ["a", "b"].map { #"{"id": "\#($0)", "prompt": "a hat", "images": []}"# }.joined(separator: "\n")
                .utf8,
            as: "jobs.jsonl")
        for (command, environment, status): ([String], [String: String], Int32) in [
            (["generate", "a hat"], [:], 0), (["generate", "a hat", "--count", "2"], [:], 80),
            (["generate", "a hat"], ["SEEDREAM_BUDGET": "0.02"], 80),
            (["generate", "a hat"], ["SEEDREAM_BUDGET": "30credits"], 80),
            (["generate", "a hat", "--budget", "0.03"], ["SEEDREAM_BUDGET": "30credits"], 0),
            (["batch", "jobs.jsonl"], [:], 80), (["batch", "jobs.jsonl"], ["SEEDREAM_BUDGET": "0.06"], 0),
        ] {
            let result = try await configured.runner(environment).run(command + ["--dry-run"])
            #expect(result.status == status, "\(command) \(environment): \(result)")
            let isGiven = command.contains("--budget")
            #expect(result.errors.contains("note: budget") != isGiven, "\(result.errors)")
        }
    }

    // MARK: Models

    /// Returns the model of a dry run.
    private func model(
        _ configured: ConfiguredFolder, _ arguments: [String], _ environment: [String: String] = [:]
    ) async throws -> (model: String?, notes: String) {
        let result = try await configured.runner(environment).run(arguments + ["--dry-run", "--json"])
        struct Report: Decodable {
            struct Request: Decodable {
                struct Plan: Decodable { var model: String }
                var request: Plan
            }
            var requests: [Request]
        }
        let report = try? JSONDecoder().decode(Report.self, from: result.output)
        #expect(report != nil, "\(result)")
        return (report?.requests.first?.request.model, result.errors)
    }

    @Test("a model belongs to the provider that is configured with it")
    func ownModel() async throws {
        let configured = try ConfiguredFolder(#"{"provider": "ark", "model": "seedream-9"}"#)
        #expect(try await model(configured, ["generate", "a hat"]).model == "seedream-9")
        let other = try await model(configured, ["generate", "a hat", "-p", "apiframe"])
        #expect(other.model == "seedream-4")
        #expect(other.notes == "")
        let environment = ["SEEDREAM_PROVIDER": "apiframe"]
        #expect(try await model(configured, ["generate", "a hat"], environment).model == "seedream-4")
        // That of the environment belongs to the provider in force without options.
        let variable = ["SEEDREAM_MODEL": "seedream-8"]
        #expect(try await model(configured, ["generate", "a hat"], variable).model == "seedream-8")
        let left = try await model(configured, ["generate", "a hat", "-p", "apiframe"], variable)
        #expect(left.model == "seedream-4")
        #expect(left.notes == "note: SEEDREAM_MODEL is a model of Ark, and not used for Apiframe\n")
    }

    @Test("each provider, and each kind of request, may have its own model")
    func models() async throws {
        let configured = try ConfiguredFolder(
            #"""
            {"model": {
                "ark": "seedream-9",
                "fal": {"edit": "fal-ai/seedream/v9/edit", "generate": "fal-ai/seedream/v9/text-to-image"}
            }}
            """#)
        for (arguments, expected) in [
            (["generate", "a hat"], "fal-ai/seedream/v9/text-to-image"),
            (["edit", "a hat", Self.photo], "fal-ai/seedream/v9/edit"),
            (["edit", "a hat", Self.photo, "-p", "ark"], "seedream-9"),
            (["generate", "a hat", "-p", "apiframe"], "seedream-4"),
            (["generate", "a hat", "--model", "a/b/c"], "a/b/c"),
        ] {
            #expect(try await model(configured, arguments).model == expected)
        }
        #expect(
            try await configured.settings().filter { $0.key == "model" }.map(\.value) == [
                "fal-ai/seedream/v9/edit", "fal-ai/seedream/v9/text-to-image", "seedream-9",
            ])
    }

    // MARK: Mistakes

    struct Mistake: CustomTestStringConvertible, Sendable {
        var text: String
        /// The error without the path, and the hint.
        var message: String, hint: String
        var testDescription: String { text }
    }

    static let mistakes = [
        Mistake(
            text: #"{"provider": "arc"}"#,
            message: #"provider: expected fal, aiml, onerouter, apiframe or ark, found "arc""#,
            hint: "did you mean ark?"),
        Mistake(
            text: #"{"provider": 4}"#,
            message: "provider: expected fal, aiml, onerouter, apiframe or ark, found 4",
            hint: "name one of them"),
        Mistake(
            text: #"{"bugdet": 4}"#,
            message:
                #"expected provider, model, output, budget, parallel or send-images, found "bugdet""#,
            hint: "did you mean budget?"),
        Mistake(
            text: #"{"sendImages": "auto"}"#,
            message:
                #"expected provider, model, output, budget, parallel or send-images, found "sendImages""#,
            hint: "did you mean send-images?"),
        Mistake(
            text: #"{"size": "4K"}"#,
            message: #"expected provider, model, output, budget, parallel or send-images, found "size""#,
            hint: "remove it; other options are given on the command line"),
        Mistake(
            text: #"{"fal-key": "f00d:cafe"}"#, message: #"expected no key of a provider, found "fal-key""#,
            hint: "put keys into the provider's variable or into the file of keys beside this one"),
        Mistake(
            text: #"{"price": 0.03}"#, message: #"expected no price, found "price""#,
            hint: "prices are those of `seedream providers`; `--price` gives another one"),
        Mistake(
            text: #"{"parallel": "4"}"#,
            message: #"parallel: expected a whole number from 1 to 40, found "4""#,
            hint: "write it without quotes"),
        Mistake(
            text: #"{"parallel": 0}"#, message: "parallel: expected a whole number from 1 to 40, found 0",
            hint: "write such a number"),
        Mistake(
            text: #"{"parallel": 41}"#, message: "parallel: expected a whole number from 1 to 40, found 41",
            hint: "write such a number"),
        Mistake(
            text: #"{"parallel": 2.5}"#, message: "parallel: expected a whole number from 1 to 40, found 2.5",
            hint: "write such a number"),
        Mistake(
            text: #"{"budget": -1}"#,
            message: #"budget: expected an amount such as 0.50 or "30credits", found -1"#,
            hint: #"write 0.50 for US dollars, or "30credits""#),
        Mistake(
            text: #"{"budget": "2 euros"}"#,
            message: #"budget: expected an amount such as 0.50 or "30credits", found "2 euros""#,
            hint: #"write 0.50 for US dollars, or "30credits""#),
        Mistake(
            text: #"{"budget": null}"#,
            message: #"budget: expected an amount such as 0.50 or "30credits", found null"#,
            hint: "write a single value, or remove budget"),
        Mistake(
            text: #"{"output": "-"}"#, message: #"output: expected a folder, found "-""#,
            hint: "name a folder here; `-o` of one command may name a file or be -"),
        Mistake(
            text: #"{"output": "cat.jpg"}"#, message: #"output: expected a folder, found "cat.jpg""#,
            hint: "name a folder here; `-o` of one command may name a file or be -"),
        Mistake(
            text: #"{"output": "~ann/out"}"#, message: #"output: expected a folder, found "~ann/out""#,
            hint: "write the whole path, or begin it with ~/ for your own home folder"),
        Mistake(
            text: #"{"output": ["a"]}"#, message: "output: expected a folder, found a list",
            hint: "write a single value, or remove output"),
        Mistake(
            text: #"{"send-images": "uplaod"}"#,
            message: #"send-images: expected auto, inline or upload, found "uplaod""#,
            hint: "did you mean upload?"),
        Mistake(
            text: #"{"send-images": true}"#,
            message: "send-images: expected auto, inline or upload, found true", hint: "name one of them"),
        Mistake(
            text: #"{"model": {"fall": "x"}}"#,
            message: #"model: expected fal, aiml, onerouter, apiframe or ark, found "fall""#,
            hint: "did you mean fal?"),
        Mistake(
            text: #"{"model": {"fal": {"video": "x"}}}"#,
            message: #"model.fal: expected edit or generate, found "video""#,
            hint: "remove it; other options are given on the command line"),
        Mistake(
            text: #"{"model": {"fal": 4}}"#, message: "model.fal: expected a model id, found 4",
            hint: "write an id, or an object with an id for each provider"),
        Mistake(
            text: #"{"provider": "fal", "provider": "ark"}"#,
            message: #""provider": expected one value, found two"#, hint: "remove one of them"),
        Mistake(
            text: #"["fal"]"#, message: "expected a JSON object, found another value",
            hint: #"write such as {"provider": "fal"}"#),
        Mistake(
            text: "{\n  // mine\n  \"provider\": \"fal\"}",
            message: "line 2, column 3: expected the name of a member",
            hint: "JSON has no comments; remove them"),
        Mistake(
            text: "{\n  \"provider\": \"fal\",\n}",
            message: "line 3, column 1: expected the name of a member",
            hint: #"write JSON, such as {"provider": "fal", "parallel": 4}"#),
        Mistake(
            text: " \n", message: "expected a JSON object, found an empty file",
            hint: "write {}, or remove the file"),
        Mistake(
            text: "\u{FEFF}{}", message: "expected UTF-8 without a byte order mark, found one",
            hint: "save the file as plain UTF-8"),
    ]

    @Test(
        "of the file end with 78, and name the file, the key, both values and what to do", arguments: mistakes
    )
    func mistake(_ test: Mistake) async throws {
        let configured = try ConfiguredFolder(test.text)
        let result = try await configured.run("config")
        #expect(result.status == 78)
        #expect(result.text == "")
        #expect(result.errors == "error: \(configured.path): \(test.message)\n  hint: \(test.hint)\n")
    }

    @Test("stop the commands that send before they send, and no other command")
    func affected() async throws {
        let configured = try ConfiguredFolder(#"{"provider": "arc"}"#)
        try configured.folder.write(
            Array(#"{"id": "a", "prompt": "a hat", "images": []}"#.utf8), as: "jobs.jsonl")
        for arguments in [
            ["edit", "a hat", Self.photo], ["generate", "a hat", "-p", "fal"], ["batch", "jobs.jsonl"],
        ] {
            let result = try await configured.runner().run(arguments)
            #expect(result.status == 78, "\(result)")
            #expect(result.errors.hasPrefix("error: \(configured.path): provider: expected"))
            #expect(try configured.folder.names() == ["jobs.jsonl", "seedream"])
        }
        for arguments in [
            ["prep", Self.photo, "--dry-run"], ["inspect", Self.photo], ["providers"], ["jobs"], ["runs"],
            ["resume"], ["edit", "--help"], ["config", "--path"],
        ] {
            let result = try await configured.runner().run(arguments)
            #expect(result.status == 0, "\(arguments): \(result)")
        }
        let json = try await configured.run("edit", "a hat", Self.photo, "--json")
        #expect(json.status == 78)
        #expect(json.text.contains(#""category" : "configuration""#), "\(json.text)")
    }

    @Test("about the file itself end with 78 too")
    func files() async throws {
        func refusal(
            _ bytes: [UInt8]? = nil, _ prepare: (ConfiguredFolder) throws -> Void = { _ in }
        ) async throws -> String {
            let configured = try ConfiguredFolder(bytes: bytes)
            try prepare(configured)
            let result = try await configured.run("config")
            #expect(result.status == 78, "\(result)")
            #expect(result.errorLines.count == 2)
            let prefix = "error: \(configured.path): "
            #expect(result.errors.hasPrefix(prefix), "\(result.errors)")
            return String(result.errorLines.first?.dropFirst(prefix.count) ?? "")
        }
        #expect(
            try await refusal {
                try FileManager.default.createDirectory(
                    atPath: $0.path, withIntermediateDirectories: false)
            }
                == "expected a file, found a folder")
        #expect(
            try await refusal { _ = mkfifo($0.path, 0o600) }
                == "expected a file, found something else")
        #expect(
            try await refusal {
                try FileManager.default.createSymbolicLink(
                    atPath: $0.path, withDestinationPath: "missing")
            }
                == "cannot be read: No such file or directory")
        let other = Array(#"{"output": ""#.utf8) + [0xE9] + Array(#""}"#.utf8)
        #expect(try await refusal(other) == "expected UTF-8, found other bytes")
        #expect(
            try await refusal(Array(repeating: 0x20, count: 65_537))
                == "expected at most 65536 bytes, found 65537")
        #expect(
            try await refusal(Array("{}".utf8)) { _ = chmod($0.path, 0o666) }
                == "expected a file that others cannot change, found mode 0666")
    }

    @Test(
        "a file that cannot be read is an error",
        .enabled("the program cannot run without root's rights here") {
            await Machine.unprivilegedRunner() != nil
        })
    func unreadable() async throws {
        var runner = try #require(await Machine.unprivilegedRunner())
        let configured = try ConfiguredFolder("{}")
        #expect(chmod(configured.folder.path, 0o755) == 0)
        #expect(chmod(configured.path, 0) == 0)
        runner.environment["XDG_CONFIG_HOME"] = configured.folder.path
        let result = try await runner.run(["config"])
        #expect(result.status == 78)
        #expect(result.errorLines.first == "error: \(configured.path): cannot be read: Permission denied")
    }

    @Test("a link to the file is followed")
    func link() async throws {
        let configured = try ConfiguredFolder()
        try configured.folder.write(Array(#"{"parallel": 7}"#.utf8), as: "mine.json")
        try FileManager.default.createSymbolicLink(
            atPath: configured.path, withDestinationPath: "../mine.json")
        let setting = try await configured.setting("parallel")
        #expect(setting?.value == "7")
        #expect(setting?.source == configured.path)
    }

    @Test(
        "of a variable name the variable",
        arguments: [
            ("SEEDREAM_PROVIDER", "arc", #"expected fal, aiml, onerouter, apiframe or ark, found "arc""#),
            ("SEEDREAM_MODEL", "a b", #"expected a model id, found "a b""#),
            ("SEEDREAM_OUTPUT", "-", #"expected a folder, found "-""#),
            ("SEEDREAM_BUDGET", "-1", #"expected an amount such as 0.50 or "30credits", found "-1""#),
            ("SEEDREAM_PARALLEL", "many", #"expected a whole number from 1 to 40, found "many""#),
            ("SEEDREAM_SEND_IMAGES", "on", #"expected auto, inline or upload, found "on""#),
            ("SEEDREAM_BUGDET", "1", "expected the name of a setting, found none of them"),
        ])
    func variables(_ name: String, _ value: String, _ message: String) async throws {
        // The file's valid value does not help, since the variable precedes it.
        let configured = try ConfiguredFolder(
            #"{"provider": "ark", "budget": 1, "parallel": 2, "send-images": "auto", "output": "out"}"#)
        let result = try await configured.run("config", environment: [name: value])
        #expect(result.status == 78)
        #expect(result.errorLines.first == "error: \(name): \(message)")
        #expect(result.errorLines.count == 2)
    }

    @Test(
        "do not repeat what may be a secret",
        arguments: [
            #"{"provider": "SECRET"}"#, #"{"model": "SECRET"}"#, #"{"SECRET": 1}"#, #"{"fal-key": "SECRET"}"#,
            #"{"model": {"SECRET": "x"}}"#, #"{"budget": "SECRET"}"#, #"{"output": {"key": "SECRET"}}"#,
            #"{"SECRET" 1}"#, #"{"SECRET": 1, "SECRET": 2}"#, #"["SECRET"]"#,
        ])
    func secrets(_ text: String) async throws {
        let secrets = [
            "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9:0123456789abcdef0123456789abcdef", "sk-12345",
            "0123456789abcdef0123456789abcdef",
        ]
        let secret = secrets[text.count % secrets.count]
        let configured = try ConfiguredFolder(text.replacing("SECRET", with: secret))
        let result = try await configured.run("config")
        #expect(result.status == 78, "\(result)")
        #expect(!(result.text + result.errors).contains(secret), "\(result)")
        let variable = try await ConfiguredFolder().run(
            "config", environment: ["SEEDREAM_MODEL": "sk-12345"])
        #expect(variable.status == 78)
        #expect(!variable.errors.contains("12345"))
    }

    // MARK: seedream config

    @Test("config shows each setting, its value and its source, and the path of the file")
    func table() async throws {
        let configured = try ConfiguredFolder(#"{"provider": "ark", "budget": "30credits"}"#)
        let result = try await configured.run("config", environment: ["SEEDREAM_PARALLEL": "8"])
        #expect(result.status == 0)
        #expect(result.errors == "")
        let path = configured.path
        #expect(
            result.lines.map { $0.replacing(#/ {2,}/#, with: "  ") } == [
                "key  value  source", "provider  ark  \(path)", "model of ark  its Seedream 4  default",
                "output  .  default", "budget  30credits  \(path)", "parallel  8  SEEDREAM_PARALLEL",
                "send-images  auto  default", "", "file: \(path)",
            ])
        let missing = try ConfiguredFolder()
        #expect(try await missing.run("config").lines.last == "file: \(missing.path) (does not exist)")
        #expect(try await missing.run("config", "--path").text == "\(missing.path)\n")
    }

    @Test("a folder in XDG_CONFIG_HOME that is not absolute does not count, and HOME may be missing")
    func folders() async throws {
        let configured = try ConfiguredFolder(#"{"provider": "ark"}"#)
        try FileManager.default.createDirectory(
            atPath: configured.folder.file(".config"), withIntermediateDirectories: false)
        try FileManager.default.moveItem(
            atPath: configured.folder.file("seedream"), toPath: configured.folder.file(".config/seedream"))
        let home = configured.folder.path
        let path = try await configured.run(
            "config", "--path", environment: ["HOME": home, "XDG_CONFIG_HOME": "seedream"])
        #expect(path.text == "\(home)/.config/seedream/config.json\n")
        let relative = ["HOME": home, "XDG_CONFIG_HOME": "."]
        #expect(try await configured.setting("provider", relative)?.value == "ark")
        // Then the home folder is that of the system's user database.
        let homeless = try await configured.run(
            "config", "--path", environment: ["HOME": "", "XDG_CONFIG_HOME": ""])
        #expect(homeless.status == 0)
        #expect(homeless.text.hasPrefix("/"))
        #expect(homeless.text.hasSuffix("/.config/seedream/config.json\n"))
    }
}
#endif
