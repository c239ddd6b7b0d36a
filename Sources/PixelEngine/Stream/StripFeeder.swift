import Pixels
import Platform

/// Keeps a ring filled from a source, in the caller's thread or ahead of it in a separate thread.
final class StripFeeder {
    private let source: any StripSource
    private let buffer: PlaneBuffer
    private let ringRows: Int
    private let readAhead: ReadAhead?
    private var rows = 0

    /// - Parameter ringRows: The number of rows that `buffer` can hold: at least one strip more
    ///   than the consumer looks back.
    init(source: any StripSource, buffer: PlaneBuffer, ringRows: Int, concurrently: Bool) throws {
        self.source = source
        self.buffer = buffer
        self.ringRows = ringRows
        readAhead = concurrently ? try ReadAhead(source: source, buffer: buffer, ringRows: ringRows) : nil
    }

    /// Returns once rows `0..<end` have been read. Rows below `released` may have been overwritten.
    func require(_ end: Int, releasing released: Int) throws {
        let end = min(end, source.format.size.height)
        if let readAhead {
            try readAhead.require(end, releasing: released)
            return
        }
        while rows < end {
            try source.readMirroredStrip(into: buffer, at: rows)
            rows += source.stripRows
        }
    }

    /// Reads and discards the rest of the image, and the data after it.
    func finish() throws {
        try require(source.format.size.height, releasing: .max)
        try readAhead?.join()
        try source.finish()
    }
}

/// A thread that fills a ring from a source while another thread empties it.
///
/// One lock guards the handover of rows: the reader writes rows `filled..<filled + strip` only
/// while `filled + strip - ringRows <= released`; the consumer reads rows `released..<filled`.
final class ReadAhead {
    private let shared: Shared
    private let thread: WorkerThread

    init(source: any StripSource, buffer: PlaneBuffer, ringRows: Int) throws {
        let shared = Shared(source: source, buffer: buffer, ringRows: ringRows)
        self.shared = shared
        do throws(ThreadShortage) {
            thread = try WorkerThread { shared.fill() }
        } catch {
            throw PixelError.outOfMemory
        }
    }

    deinit {
        shared.monitor.locked { shared.isCancelled = true }
        thread.join()
    }

    func require(_ end: Int, releasing released: Int) throws {
        try shared.monitor.locked {
            shared.released = max(shared.released, released)
            while shared.filled < end, shared.failure == nil { shared.monitor.wait() }
            if shared.filled < end, let failure = shared.failure { throw failure }
        }
    }

    /// Waits until the reader has ended.
    func join() throws {
        thread.join()
        if let failure = shared.monitor.locked({ shared.failure }) { throw failure }
    }

    /// The state shared by both threads.
    ///
    /// `@unchecked Sendable`: `filled`, `released`, `failure` and `isCancelled` are accessed only
    /// under `monitor`. Only the reading thread accesses `source` until it has been joined.
    /// `released` and `filled` divide the rows of `buffer` between the threads.
    private final class Shared: @unchecked Sendable {
        let monitor = Monitor()
        let source: any StripSource
        let buffer: PlaneBuffer
        let ringRows: Int
        var filled = 0
        var released = 0
        var failure: (any Error)?
        var isCancelled = false

        init(source: any StripSource, buffer: PlaneBuffer, ringRows: Int) {
            self.source = source
            self.buffer = buffer
            self.ringRows = ringRows
        }

        func fill() {
            let height = source.format.size.height
            var row = 0
            while row < height {
                let goesOn = monitor.locked {
                    while !isCancelled, row + source.stripRows - ringRows > released, released < height {
                        monitor.wait()
                    }
                    return !isCancelled
                }
                guard goesOn else { return }
                do {
                    try source.readMirroredStrip(into: buffer, at: row)
                } catch {
                    monitor.locked { failure = error }
                    return
                }
                row += source.stripRows
                monitor.locked { filled = min(row, height) }
            }
        }
    }
}
