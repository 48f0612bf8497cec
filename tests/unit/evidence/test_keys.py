"""Keys: made once, kept from others, and of two kinds only."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from osia_conformance.evidence import keys
from osia_conformance.support.secrets import ConfigurationError

PEM, PKCS8 = Encoding.PEM, PrivateFormat.PKCS8


@pytest.mark.parametrize("algorithm", [keys.ED25519, keys.ECDSA_P256])
def test_a_pair_belongs_together_and_the_private_half_is_the_owners_alone(tmp_path: Path, algorithm: str) -> None:
    private, public = keys.generate(algorithm, tmp_path / "key.pem")
    assert public == tmp_path / "key.pub"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    signer = keys.private_key(f"file:{private}", "--key")
    assert signer.public_key == keys.public_key(str(public), "--key")
    assert b"PRIVATE" not in public.read_bytes()


def test_two_pairs_differ(tmp_path: Path) -> None:
    one, _ = keys.generate(keys.ED25519, tmp_path / "one.pem")
    other, _ = keys.generate(keys.ED25519, tmp_path / "other.pem")
    assert one.read_bytes() != other.read_bytes()


@pytest.mark.parametrize("taken", ["key.pem", "key.pub"])
def test_a_key_is_never_overwritten(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("kept", "utf-8")
    with pytest.raises(ConfigurationError, match=f"{taken} is there already; a key is never overwritten"):
        keys.generate(keys.ED25519, tmp_path / "key.pem")
    assert [path.name for path in tmp_path.iterdir()] == [taken]
    assert (tmp_path / taken).read_text("utf-8") == "kept"


def test_the_public_keys_name_is_none_for_the_private_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="name the private key's file"):
        keys.generate(keys.ED25519, tmp_path / "key.pub")


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written: No such file or directory"):
        keys.generate(keys.ED25519, tmp_path / "gone" / "key.pem")


def test_a_key_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private, public = keys.generate(keys.ED25519, tmp_path / "key.pem")
    monkeypatch.setenv("OSIA_SIGNING_KEY", private.read_text("ascii"))
    assert keys.private_key("env:OSIA_SIGNING_KEY", "--sign").public_key == keys.public_key(f"file:{public}", "--key")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("key.pem", "--sign: a secret must be given as env:NAME or file:PATH, never as the value itself."),
        ("file:gone.pem", "--sign: the file of file:gone.pem cannot be read: No such file or directory."),
        ("env:OSIA_NO_SUCH_KEY", "--sign: the environment variable OSIA_NO_SUCH_KEY is not set or is empty."),
    ],
)
def test_a_private_key_is_named_never_given(text: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        keys.private_key(text, "--sign")
    assert str(caught.value) == sentence


def test_other_private_keys_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    others = {
        rsa.generate_private_key(65537, 2048).private_bytes(PEM, PKCS8, NoEncryption()): "is of another kind",
        ec.generate_private_key(ec.SECP384R1()).private_bytes(PEM, PKCS8, NoEncryption()): "of another kind",
        ed25519.Ed25519PrivateKey.generate().private_bytes(
            PEM, PKCS8, BestAvailableEncryption(b"secret")
        ): "private and not encrypted",
        keys.generate(keys.ED25519, tmp_path / "pair.pem")[1].read_bytes(): "cannot be used",
        b"no key at all": "cannot be used",
    }
    for content, words in others.items():
        path.write_bytes(content)
        with pytest.raises(ConfigurationError, match=words) as caught:
            keys.private_key(f"file:{path}", "--key")
        assert "Ed25519 or ECDSA P-256" in str(caught.value)


def test_other_public_keys_are_refused(tmp_path: Path) -> None:
    private, _ = keys.generate(keys.ED25519, tmp_path / "key.pem")
    with pytest.raises(ConfigurationError, match="is a private key; give the public one"):
        keys.public_key(str(private), "--key")
    (tmp_path / "text").write_text("no key at all", "utf-8")
    with pytest.raises(ConfigurationError, match="is no public key"):
        keys.public_key(str(tmp_path / "text"), "--key")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        keys.public_key(str(tmp_path / "gone"), "--key")


def test_no_error_shows_the_key(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("a secret that is no key", "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        keys.private_key(f"file:{path}", "--key")
    assert "a secret" not in str(caught.value)
    assert caught.value.__cause__ is None
