package dev.dunlin.net.sim;

import dev.dunlin.net.crypto.Opened;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.crypto.SubclusterKeys;
import dev.dunlin.net.peer.Sealing;
import dev.dunlin.scheduler.RandomSource;
import java.util.Arrays;

/**
 * As long as sealed messages, but not sealed: a simulation counts datagrams, not multiplications.
 */
final class CheapSealing implements Sealing {
  @Override
  public byte[] seal(SubclusterKeys keys, byte[] plain, RandomSource random) {
    byte[] sealed = new byte[SubclusterKeys.OVERHEAD_BYTES + plain.length];
    System.arraycopy(plain, 0, sealed, SubclusterKeys.OVERHEAD_BYTES, plain.length);
    return sealed;
  }

  @Override
  public Opened open(SubclusterKeys keys, byte[] sealed) {
    return sealed.length < SubclusterKeys.OVERHEAD_BYTES
        ? new Opened.Failed(Opened.Fault.EMALFORMED)
        : new Opened.Plain(
            Arrays.copyOfRange(sealed, SubclusterKeys.OVERHEAD_BYTES, sealed.length));
  }

  @Override
  public byte[] sign(SigningKeys keys, byte[] message) {
    return new byte[SigningKeys.SIGNATURE_BYTES];
  }

  @Override
  public boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
    return true;
  }

  @Override
  public byte[] signLegacy(SigningKeys keys, byte[] message) {
    return new byte[SigningKeys.SIGNATURE_BYTES];
  }

  @Override
  public boolean verifyLegacy(byte[] publicKey, byte[] message, byte[] signature) {
    return true;
  }
}
