private import CCrypto
package import Cryptography

/// A certificate authority for servers on this machine: P-256, valid for 30 days.
///
/// `@unchecked Sendable`: libcrypto's key and certificate are written before `init` returns and
/// only read afterwards.
package final class CertificateAuthority: @unchecked Sendable {
    /// A server's certificate chain and private key, in PEM format.
    package struct Identity: Sendable {
        /// The server's certificate, followed by the authority's.
        package let chain: String
        package let privateKey: String
    }

    private let key: OpaquePointer
    private let certificate: OpaquePointer
    /// The authority's certificate in PEM format, which clients must trust.
    package let pem: String

    /// The default validity in seconds from now: from one hour ago, to allow for clock differences,
    /// to 30 days ahead.
    package static let validity = -3600...30 * 86_400

    /// Creates a key and a self-signed certificate.
    package init(commonName: String) throws(CryptographyError) {
        let key = try Self.makeKey()
        do throws(CryptographyError) {
            certificate = try Self.certificate(
                for: key, name: commonName, issuer: nil, signedBy: key, validity: Self.validity,
                extensions: [
                    (NID_basic_constraints, "critical,CA:TRUE"),
                    (NID_key_usage, "critical,keyCertSign,cRLSign"),
                    (NID_subject_key_identifier, "hash"),
                ])
        } catch {
            EVP_PKEY_free(key)
            throw error
        }
        self.key = key
        pem = try Self.text { [certificate] in PEM_write_bio_X509($0, certificate) }
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    /// Issues a server certificate.
    ///
    /// - Parameters:
    ///   - hosts: The DNS names that the certificate covers.
    ///   - addresses: The IP addresses that the certificate covers.
    ///   - validity: The validity period, in seconds from now.
    package func identity(
        hosts: [String], addresses: [String], validity: ClosedRange<Int> = CertificateAuthority.validity
    ) throws(CryptographyError) -> Identity {
        let key = try Self.makeKey()
        defer { EVP_PKEY_free(key) }
        let leaf = try Self.leaf(
            for: key, hosts: hosts, addresses: addresses, issuer: certificate, signedBy: self.key,
            validity: validity)
        return Identity(chain: leaf + pem, privateKey: try Self.text(of: key))
    }

    /// Creates a self-signed server certificate.
    ///
    /// - Parameter isAuthority: Whether the certificate may sign others, as those made by `openssl
    ///   req -x509` may.
    package static func selfSigned(
        hosts: [String], addresses: [String], isAuthority: Bool
    ) throws(CryptographyError) -> Identity {
        let key = try makeKey()
        defer { EVP_PKEY_free(key) }
        let leaf = try leaf(
            for: key, hosts: hosts, addresses: addresses, issuer: nil, signedBy: key, validity: validity,
            isAuthority: isAuthority)
        return Identity(chain: leaf, privateKey: try text(of: key))
    }

    /// Returns a server's certificate in PEM format.
    private static func leaf(
        for key: OpaquePointer, hosts: [String], addresses: [String], issuer: OpaquePointer?,
        signedBy signer: OpaquePointer, validity: ClosedRange<Int>, isAuthority: Bool = false
    ) throws(CryptographyError) -> String {
        let names = hosts.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" }
        let leaf = try certificate(
            for: key, name: hosts.first ?? "localhost", issuer: issuer, signedBy: signer, validity: validity,
            extensions: [
                (NID_basic_constraints, "critical,CA:\(isAuthority ? "TRUE" : "FALSE")"),
                (NID_key_usage, "critical,digitalSignature\(isAuthority ? ",keyCertSign" : "")"),
                (NID_ext_key_usage, "serverAuth"),
                (NID_subject_alt_name, names.joined(separator: ",")),
                (NID_subject_key_identifier, "hash"),
                (NID_authority_key_identifier, "keyid"),
            ])
        defer { X509_free(leaf) }
        return try text { PEM_write_bio_X509($0, leaf) }
    }

    private static func text(of key: OpaquePointer) throws(CryptographyError) -> String {
        try text { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    private static func makeKey() throws(CryptographyError) -> OpaquePointer {
        let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(context, &key) == 1, let key
        else { throw .last("making a P-256 key") }
        return key
    }

    private static func certificate(
        for key: OpaquePointer, name: String, issuer: OpaquePointer?, signedBy signer: OpaquePointer,
        validity: ClosedRange<Int>, extensions: [(nid: Int32, value: String)]
    ) throws(CryptographyError) -> OpaquePointer {
        guard let certificate = X509_new() else { throw .last("making a certificate") }
        var isDone = false
        defer { if !isDone { X509_free(certificate) } }
        // 159 random bits: positive, and at most 20 bytes, as RFC 5280, section 4.1.2.2, requires.
        let serial = BN_new()
        defer { BN_free(serial) }
        let subject = X509_get_subject_name(certificate)
        let nameBytes = Array(name.utf8)
        // The value 2 means version 3.
        guard BN_rand(serial, 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1,
            BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate)) != nil,
            X509_set_version(certificate, 2) == 1,
            X509_gmtime_adj(X509_getm_notBefore(certificate), validity.lowerBound) != nil,
            X509_gmtime_adj(X509_getm_notAfter(certificate), validity.upperBound) != nil,
            X509_set_pubkey(certificate, key) == 1,
            X509_NAME_add_entry_by_txt(
                subject, "CN", MBSTRING_UTF8, nameBytes, Int32(nameBytes.count), -1, 0) == 1,
            X509_set_issuer_name(certificate, issuer.map { X509_get_subject_name($0) } ?? subject) == 1
        else { throw .last("writing a certificate") }

        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer ?? certificate, certificate, nil, nil, 0)
        for (nid, value) in extensions {
            guard let made = X509V3_EXT_conf_nid(nil, &context, nid, value) else {
                throw .last("writing the extension \(value)")
            }
            defer { X509_EXTENSION_free(made) }
            guard X509_add_ext(certificate, made, -1) == 1 else { throw .last("adding an extension") }
        }
        guard X509_sign(certificate, signer, EVP_sha256()) > 0 else { throw .last("signing a certificate") }
        isDone = true
        return certificate
    }

    /// Returns the text that `write` writes to a memory buffer.
    private static func text(_ write: (OpaquePointer) -> Int32) throws(CryptographyError) -> String {
        guard let output = BIO_new(BIO_s_mem()) else { throw .last("making a buffer") }
        defer { BIO_free(output) }
        guard write(output) == 1 else { throw .last("writing PEM") }
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(output))
        let count = BIO_read(output, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(Int(max(count, 0))), as: UTF8.self)
    }
}
