package import Platform

/// The names of output files, one for each input, chosen so that the name shows which input it is.
///
/// Each name is filled in by a ``NameTemplate``. If inputs of one folder share a name, as `a.jpg`
/// and `a.png` do, their extensions are appended: `a-jpg` and `a-png`. A further input with the
/// same stem then renames none of them. Names that are still equal are numbered by ``TakenNames``,
/// in the order of the inputs.
package struct InputNames: Sendable {
    /// An input.
    package struct Input: Sendable {
        /// The path of the input; `nil` if it is not a file.
        package var path: String?
        /// Identifies the file independently of the path.
        package var node: FileNode?
        /// The subfolder of the output folder in which the file is created.
        package var subfolder: String
        /// The values of the placeholders.
        package var values: NameTemplate.Values

        package init(
            path: String?, node: FileNode?, subfolder: String, values: NameTemplate.Values
        ) {
            (self.path, self.node) = (path, node)
            (self.subfolder, self.values) = (subfolder, values)
        }
    }

    /// The name of the output file of one input, without its extension.
    package struct Name: Hashable, Sendable {
        /// The name.
        package var name: String
        /// The name without an appended extension, used if no other input of its folder shares it.
        package var alone: String
        /// The name with the extension appended, used if another input of its folder shares it.
        package var shared: String
        /// Whether the name may go to another input if the order of the inputs changes or one is
        /// added.
        package var dependsOnOrder: Bool
    }

    /// The names, in the order of the inputs.
    package let names: [Name]

    /// Names the output files of all inputs.
    package init(_ inputs: [Input], _ template: NameTemplate) {
        let alone = inputs.map { template.name($0.values, tellsApart: false) }
        // The same names, but without values that count inputs.
        let constant = inputs.map { input in
            var values = NameTemplate.Values(index: 0, count: 1, source: input.values.source)
            values.leastDigits = input.values.leastDigits
            return template.name(values, tellsApart: false)
        }
        func groups(_ names: [String]) -> [String: [Int]] {
            Dictionary(grouping: names.indices) { TakenNames.key(names[$0], inputs[$0].subfolder) }
        }
        func areDistinct(_ indices: [Int]) -> Bool {
            guard indices.count > 1 else { return false }
            let known = indices.compactMap { inputs[$0].node }
            return known.count < indices.count || Set(known).count > 1
        }
        func withExtension(_ name: String, _ index: Int) -> String {
            guard let path = inputs[index].path, let file = path.split(separator: "/").last,
                let dot = file.lastIndex(of: "."), dot > file.startIndex
            else { return name }
            let ending = SafeName.of(file[file.index(after: dot)...], maximumLength: 16)
            return "\(name)-\(ending)"
        }
        var hasExtension = Set<Int>()
        for group in groups(alone).values where areDistinct(group) {
            let folders = Dictionary(grouping: group) { inputs[$0].path.map(Folder.containing) ?? "" }
            for indices in folders.values where areDistinct(indices) { hasExtension.formUnion(indices) }
        }
        func complete(_ names: [String]) -> [String] {
            names.indices.map { hasExtension.contains($0) ? withExtension(names[$0], $0) : names[$0] }
        }
        let (chosen, stable) = (complete(alone), complete(constant))
        let ambiguous = Set(groups(stable).values.filter(areDistinct).joined())
        let sizes = groups(chosen).mapValues(\.count)
        var taken = TakenNames()
        names = inputs.indices.map { index in
            let subfolder = inputs[index].subfolder
            let name = taken.take(chosen[index], in: subfolder)
            // The numbered name of another input has taken it.
            let isDisplaced =
                name != chosen[index] && sizes[TakenNames.key(chosen[index], subfolder)] == 1
            return Name(
                name: name, alone: alone[index], shared: withExtension(alone[index], index),
                dependsOnOrder: ambiguous.contains(index) || isDisplaced)
        }
    }
}

/// The names already used by the files of one run. A repeated name gets `-2`, `-3` and so on.
///
/// Names that differ only in case or in Unicode normalization are treated as equal: some file
/// systems distinguish them, others do not, and folders are copied between them.
package struct TakenNames: Sendable {
    private var taken: Set<String> = []
    private var next: [String: Int] = [:]

    package init() {}

    /// Takes a name in a folder, without its extension. Returns the name, or the name with the
    /// first free number appended.
    package mutating func take(_ name: String, in folder: String) -> String {
        let key = Self.key(name, folder)
        if taken.insert(key).inserted { return name }
        var number = next[key] ?? 2
        while true {
            let candidate = "\(name)-\(number)"
            number += 1
            guard taken.insert(Self.key(candidate, folder)).inserted else { continue }
            next[key] = number
            return candidate
        }
    }

    /// Returns a key that is equal for equal names. Strings in a set are compared by canonical
    /// equivalence.
    package static func key(_ name: String, _ folder: String) -> String { "\(folder)/\(name)".lowercased() }
}
