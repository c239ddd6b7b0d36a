import ArgumentParser

/// What is said where a part was left out of the build.
enum Unbuilt {
    /// The provider client is missing.
    static func client() -> ExitCode {
        Diagnostics().failure(
            "this seedream was built without the provider client",
            hint: "build it with: swift build -c release --product seedream")
        return ExitStatus.configuration.code
    }

    /// The emulator is missing.
    static func emulator() -> ExitCode {
        Diagnostics().failure(
            "this seedream was built without the emulator",
            hint: "build it with: swift build -c release --product seedream --traits default,Emulator")
        return ExitStatus.configuration.code
    }
}
