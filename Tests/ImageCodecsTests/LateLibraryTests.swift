#if os(Linux)
import LateLibrary
import Testing

/// Libraries that are loaded when they are first needed, by their names in the system.
@Suite("a library that is loaded late")
struct LateLibraryTests {
    /// Loads functions of a library. Their pointers are `nil` at first.
    private func load(
        _ soname: StaticString, _ functions: [(name: StaticString, isOptional: Bool)]
    ) -> (result: late_result, message: String, pointers: [UnsafeMutableRawPointer?]) {
        let pointers = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: functions.count)
        pointers.initialize(repeating: nil, count: functions.count)
        defer { pointers.deallocate() }
        let table = functions.enumerated().map { index, function in
            late_function(
                name: text(function.name), pointer: pointers + index,
                is_optional: function.isOptional ? 1 : 0)
        }
        var message = [CChar](repeating: 0, count: 200)
        let result = table.withUnsafeBufferPointer { table in
            var library = late_library(
                soname: text(soname), package: text("libwanted1"), functions: table.baseAddress,
                count: table.count, is_loaded: 0)
            return late_library_load(&library, &message, message.count)
        }
        let bytes = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let set = UnsafeBufferPointer(start: pointers, count: functions.count)
        return (result, String(decoding: bytes, as: UTF8.self), Array(set))
    }

    private func text(_ text: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    @Test("is named with its package if it is missing")
    func missing() {
        let (result, message, pointers) = load("libno-such.so.7", [("strlen", false)])
        #expect(result == LATE_MISSING)
        #expect(message.hasPrefix("libno-such.so.7 cannot be loaded: "))
        #expect(message.hasSuffix("; install libwanted1"))
        #expect(pointers == [nil])
    }

    @Test("is refused if it lacks a function, and no pointer is set")
    func older() {
        let (result, message, pointers) = load("libc.so.6", [("strlen", false), ("no_such_function", false)])
        #expect(result == LATE_MISSING)
        #expect(message.contains("no_such_function"))
        #expect(pointers == [nil, nil])
    }

    @Test("may lack an optional function")
    func optional() {
        let (result, _, pointers) = load("libc.so.6", [("no_such_function", true), ("strlen", false)])
        #expect(result == LATE_LOADED)
        #expect(pointers[0] == nil)
        #expect(pointers[1] != nil)
    }
}
#endif
