package dev.dunlin.net.peer;

import dev.dunlin.net.crypto.Opened;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.crypto.SubclusterKeys;
import dev.dunlin.scheduler.RandomSource;

/** Seals, signs and opens as the wire demands. Thread: any. */
class RealSealing implements Sealing {
  @Override
  public byte[] seal(SubclusterKeys keys, byte[] plain, RandomSource random) {
    return keys.seal(plain, random);
  }

  @Override
  public Opened open(SubclusterKeys keys, byte[] sealed) {
    return keys.open(sealed);
  }

  @Override
  public byte[] sign(SigningKeys keys, byte[] message) {
    return keys.sign(message);
  }

  @Override
  public boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
    return SigningKeys.verify(publicKey, message, signature);
  }

  @Override
  public byte[] signLegacy(SigningKeys keys, byte[] message) {
    return keys.signLegacy(message);
  }

  @Override
  public boolean verifyLegacy(byte[] publicKey, byte[] message, byte[] signature) {
    return SigningKeys.verifyLegacy(publicKey, message, signature);
  }
}
