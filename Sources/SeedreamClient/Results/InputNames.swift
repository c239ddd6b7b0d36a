package import AtomicFiles

/// The names of files that are made one of each input, so that an input's name says which one it
/// is.
///
/// A name is filled in by a ``NameTemplate``. Where inputs of one folder share it, as `a.jpg` and
/// `a.png` do, each has its extension behind it, `a-jpg` and `a-png`: a further one of that stem
/// renames none of them. What then still shares a name is numbered by ``TakenNames``, in the order
/// of the inputs.
package struct InputNames: Sendable {
    /// One input.
    package struct Input: Sendable {
        /// Its path; `nil` for one that is no file.
        package var path: String?
        /// Tells files apart, whichever path names them.
        package var node: FileNode?
        /// The folder that the file is made in, below that of all.
        package var subfolder: String
        /// What is filled in.
        package var values: NameTemplate.Values

        package init(
            path: String?, node: FileNode?, subfolder: String, values: NameTemplate.Values
        ) {
            (self.path, self.node) = (path, node)
            (self.subfolder, self.values) = (subfolder, values)
        }
    }

    /// The name of one input's file, without its extension.
    package struct Name: Hashable, Sendable {
        /// The name.
        package var name: String
        /// The name that it has while no other input of its folder shares it; the same if none
        /// does.
        package var alone: String
        /// The name that it has while another does.
        package var shared: String
        /// Whether it belongs to another input when the inputs come in another order, or when one
        /// is added.
        package var dependsOnOrder: Bool
    }

    /// In the order of the inputs.
    package let names: [Name]

    /// Names the files of all inputs.
    package init(_ inputs: [Input], _ template: NameTemplate) {
        let alone = inputs.map { template.name($0.values, tellsApart: false) }
        // The same, with what counts inputs left out.
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
            // Another one's number took it.
            let isDisplaced =
                name != chosen[index] && sizes[TakenNames.key(chosen[index], subfolder)] == 1
            return Name(
                name: name, alone: alone[index], shared: withExtension(alone[index], index),
                dependsOnOrder: ambiguous.contains(index) || isDisplaced)
        }
    }
}
