"""The electronic seal of a paper: a PAdES signature that allows no change, made and checked without any network.

The certificate is the installation's own (``manage.py keys``); no time stamping service is asked, so the time is the
installation's word. International algorithms (RSA, SHA-256): this is no statutory 电子印章.
"""

import io
import logging
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from asn1crypto import algos, cms, pem, x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, fields
from pyhanko.sign.signers import Signer
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from consult.kit import keys

FIELD = "Seal"
log = logging.getLogger(__name__)
# What it says of a hostile upload is no news for our log.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


class Verdict(NamedTuple):
    """What the seals of a file say: is there one, is every byte as it was sealed, by us, when, and which code."""

    signed: bool = False
    intact: bool = False
    ours: bool = False
    at: datetime | None = None
    contact: str = ""


class _Writer(IncrementalPdfFileWriter):
    """Adds the seal and nothing else: metadata and their dates stay those of the paper."""

    def _update_meta(self) -> None: ...


class _Key(Signer):
    """The installation's key. The library's own signer would examine it three times a signature, 0.1 s each."""

    def __init__(self) -> None:
        self.key = _private(keys.paper_key())
        super().__init__(signing_cert=_certificate(keys.paper_certificates()[0]), cert_registry=SimpleCertificateStore(),
                         signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}))

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(self.key.key_size // 8) if dry_run else bytes(self.key.sign(data, padding.PKCS1v15(), SHA256()))


@lru_cache(maxsize=4)
def _private(content: bytes) -> Any:
    return load_pem_private_key(content, None)


class _Signer(PdfSigner):
    """Seals at a given time: the library would ask the clock."""

    at: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session


def sign(content: bytes, *, at: datetime, reason: str, contact: str = "") -> bytes:
    """``content`` followed by the seal: what was there before is a prefix of the result, byte for byte.

    ``reason`` is shown by readers beside the signature, ``contact`` (how to verify: a url or the code) too. No mark is
    set on the pages. Raises ImproperlyConfigured when the key is missing.
    """
    signer = _Signer(
        PdfSignatureMetadata(
            field_name=FIELD, md_algorithm="sha256", reason=reason, contact_info=contact or None, certify=True,
            subfilter=fields.SigSeedSubFilter.PADES, docmdp_permissions=fields.MDPPerm.NO_CHANGES, tight_size_estimates=True),
        signer=_Key())
    signer.at = at
    return bytes(signer.sign_pdf(_Writer(io.BytesIO(content))).getvalue())


def verify(content: bytes, certificates: Iterable[bytes] | None = None) -> Verdict:
    """Check the seal of any file, also of a hostile one; nothing is fetched, nothing raised.

    ``intact``: pyHanko's bottom line, and besides no byte of the file outside what was sealed. ``certificates`` (PEM)
    are those known as ours, by default the installation's.
    """
    own = [_certificate(one) for one in (keys.paper_certificates() if certificates is None else certificates)]
    try:
        seals = PdfFileReader(io.BytesIO(content), strict=False).embedded_regular_signatures
    except Exception:  # a broken file breaks the reader in a hundred ways, and means one thing: there is no seal
        return Verdict()
    verdicts = [_judge(seal, content, own) for seal in seals[:5]]
    return next((one for one in verdicts if one.ours), verdicts[0] if verdicts else Verdict())


def _judge(seal: Any, content: bytes, own: list[x509.Certificate]) -> Verdict:
    try:
        ours = next((one for one in own if one.dump() == seal.signer_cert.dump()), None)
        said = Verdict(True, False, ours is not None, seal.self_reported_timestamp,
                       str(seal.sig_object.get("/ContactInfo", ""))[:200])
    except Exception:
        return Verdict(signed=True)
    try:
        return said._replace(intact=ours is not None and _is_whole(seal, content, ours))
    except Exception:
        return said


def _is_whole(seal: Any, content: bytes, ours: x509.Certificate) -> bool:
    if seal.evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE or not _is_plain(seal, content, ours):
        return False
    # Judged at the beginning of its own life: that our certificate runs out one day says nothing about the paper.
    trust = ValidationContext(trust_roots=[ours], moment=ours.not_valid_before, allow_fetching=False)
    return bool(validate_pdf_signature(seal, trust).bottom_line)


def _is_plain(seal: Any, content: bytes, ours: x509.Certificate) -> bool:
    """Is the hole that the seal lies in filled as we fill it? Its bytes are sealed by nothing else: a changed length or

    version in the envelope would go unnoticed, as would other digits behind its end.
    """
    _start, size, after, _rest = (int(number) for number in seal.byte_range)
    sealed = _envelope(seal.signer_info, ours).hex().upper().encode()
    return content[size:after] == b"<" + sealed.ljust(after - size - 2, b"0") + b">"


def _envelope(info: cms.SignerInfo, ours: x509.Certificate) -> bytes:
    """The seal as it must be written, around what is sealed itself: the signed attributes and the signature."""
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData({
        "version": "v1", "digest_algorithms": [sha256], "encap_content_info": {"content_type": "data"},
        "certificates": [ours], "signer_infos": [{
            "version": "v1", "sid": {"issuer_and_serial_number": {"issuer": ours.issuer, "serial_number": ours.serial_number}},
            "digest_algorithm": sha256, "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signed_attrs": info["signed_attrs"], "signature": info["signature"]}]})}).dump())


def _certificate(content: bytes) -> x509.Certificate:
    return x509.Certificate.load(pem.unarmor(content)[2])
