/// Placeholder replaced by the storage work.
package enum AtomicFile {}
