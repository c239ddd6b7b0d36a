#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

/// The bytes of an encoded image: immutable, shared, never copied.
///
/// `@unchecked Sendable`: the memory is written before `init` returns and only read afterwards.
public final class EncodedBytes: @unchecked Sendable {
    private let bytes: UnsafeRawBufferPointer
    /// The object that owns the memory, or `nil` if it was allocated with `malloc` and is freed
    /// here.
    private let owner: (any AnyObject & Sendable)?

    /// The number of bytes.
    public var count: Int { bytes.count }

    /// Creates a copy of the given bytes.
    public convenience init(_ bytes: [UInt8]) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Takes ownership of `count` bytes allocated with `malloc`.
    package init(adopting base: UnsafeMutableRawPointer, count: Int) {
        bytes = UnsafeRawBufferPointer(start: base, count: count)
        owner = nil
    }

    /// Shares bytes that no longer change and stay valid as long as `owner` does.
    package init(_ bytes: UnsafeRawBufferPointer, in owner: any AnyObject & Sendable) {
        self.bytes = bytes
        self.owner = owner
    }

    /// Allocates `count` bytes and calls `fill` to write them.
    package init<Failure: Error>(
        count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        guard let base = malloc(max(count, 1)) else { fatalError("out of memory: \(count) bytes") }
        do {
            try fill(UnsafeMutableRawBufferPointer(start: base, count: count))
        } catch {
            free(base)
            throw error
        }
        bytes = UnsafeRawBufferPointer(start: base, count: count)
        owner = nil
    }

    deinit {
        if owner == nil { free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }
    }

    /// Calls `body` with the bytes, which are valid only during the call.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes)
    }

    /// A copy of the bytes.
    public var array: [UInt8] { withBytes { Array($0) } }
}

extension EncodedBytes: Hashable {
    /// Returns whether both contain the same bytes.
    public static func == (left: EncodedBytes, right: EncodedBytes) -> Bool {
        left === right
            || left.count == right.count
                && left.withBytes { a in right.withBytes { b in a.elementsEqual(b) } }
    }

    /// Feeds the bytes to the hasher.
    public func hash(into hasher: inout Hasher) { withBytes { hasher.combine(bytes: $0) } }
}

extension EncodedBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The number of bytes, never the bytes.
    public var description: String { "<\(count) bytes>" }
    /// The number of bytes, never the bytes.
    public var debugDescription: String { description }
    /// No children, so that `dump` does not print the bytes.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
