"""The installation's own key and certificate for signing papers: self-made, so that no third party is needed."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

#: Older than any paper entered afterwards, and long past the time a paper must be kept.
VALID = datetime(2020, 1, 1, tzinfo=UTC), datetime(2069, 12, 31, tzinfo=UTC)
LONGEST_NAME = 64  # X.520


def make(name: str) -> tuple[bytes, bytes]:
    """A new RSA-3072 key (the kind every PDF reader knows) and its certificate in the name of the organ, both PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:LONGEST_NAME]),
                     x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:LONGEST_NAME])])
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
                           "encipher_only", "decipher_only"), False)
    certificate = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(VALID[0]).not_valid_after(VALID[1])
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256()))
    return (key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
            certificate.public_bytes(serialization.Encoding.PEM))


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a PEM certificate as PDF readers show it: pairs of hexadecimal digits."""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex(" ").upper()


def der(certificate: bytes) -> bytes:
    """The same as a .cer file, which Windows and PDF readers open."""
    return x509.load_pem_x509_certificate(certificate).public_bytes(serialization.Encoding.DER)
