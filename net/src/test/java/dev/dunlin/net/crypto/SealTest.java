package dev.dunlin.net.crypto;

import static dev.dunlin.net.Vectors.bytes;
import static dev.dunlin.net.Vectors.crypto;
import static dev.dunlin.net.Vectors.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.scheduler.RandomSource;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SealTest {
  static Stream<JsonNode> keyPairs() {
    return crypto("createKeyPair");
  }

  static Stream<JsonNode> subclusters() {
    return crypto("subcluster");
  }

  static Stream<JsonNode> conversions() {
    return crypto("edToX");
  }

  static Stream<JsonNode> badPoints() {
    return crypto("edToXInvalid");
  }

  static Stream<JsonNode> signatures() {
    return crypto("appSignature");
  }

  static Stream<JsonNode> agreements() {
    return crypto("boxBeforenm");
  }

  static Stream<JsonNode> secretBoxes() {
    return crypto("secretbox");
  }

  static Stream<JsonNode> boxes() {
    return crypto("boxSeal");
  }

  static Stream<JsonNode> seals() {
    return crypto("seal");
  }

  static Stream<JsonNode> foreignSeals() {
    return crypto("sealFromUpstream");
  }

  static Stream<JsonNode> tamperedSeals() {
    return crypto("sealTampered");
  }

  static Stream<JsonNode> unsignedSeals() {
    return crypto("sealUnsigned");
  }

  private static SubclusterKeys keys(JsonNode vector) {
    return SubclusterKeys.of(Arrays.copyOf(bytes(vector, "privateKey"), 32));
  }

  @ParameterizedTest
  @MethodSource("keyPairs")
  void makesAKeyPairOfASeed(JsonNode vector) {
    SigningKeys keys =
        vector.has("seed_utf8")
            ? SigningKeys.ofText(vector.get("seed_utf8").asText())
            : SigningKeys.ofSeed(bytes(vector, "seed"));
    assertEquals(vector.get("publicKey").asText(), hex(keys.publicKey()));
    assertEquals(vector.get("privateKey").asText(), hex(keys.privateKey()));
  }

  @ParameterizedTest
  @MethodSource("subclusters")
  void makesASubclustersIdOfItsSecret(JsonNode vector) {
    byte[] shared = SigningKeys.sharedKey(vector.get("secret_utf8").asText());
    assertEquals(vector.get("sharedKey").asText(), hex(shared));
    assertEquals(
        vector.get("subclusterId").asText(), hex(SubclusterKeys.of(shared).subclusterId()));
  }

  @ParameterizedTest
  @MethodSource("conversions")
  void convertsEd25519KeysToX25519(JsonNode vector) {
    Optional<byte[]> converted = Curve.publicToX(bytes(vector, "edPublic"));
    assertEquals(Optional.of(vector.get("xPublic").asText()), converted.map(key -> hex(key)));
    byte[] seed = Arrays.copyOf(bytes(vector, "edPrivate"), 32);
    assertEquals(vector.get("xPrivate").asText(), hex(Curve.seedToX(seed)));
  }

  @ParameterizedTest
  @MethodSource("badPoints")
  void refusesPointsOutsideThePrimeSubgroup(JsonNode vector) {
    assertEquals(Optional.empty(), Curve.publicToX(bytes(vector, "edPublic")));
  }

  @ParameterizedTest
  @MethodSource("signatures")
  void checksTheSignatureThatLeavesTheFirst64BytesOut(JsonNode vector) {
    assertEquals(
        vector.get("verifies").asBoolean(),
        SigningKeys.verifyLegacy(
            bytes(vector, "publicKey"), bytes(vector, "message"), bytes(vector, "sig")));
    SigningKeys alice = SigningKeys.ofText("alice");
    if (vector.get("verifies").asBoolean()
        && hex(alice.publicKey()).equals(vector.get("publicKey").asText())) {
      assertEquals(vector.get("sig").asText(), hex(alice.signLegacy(bytes(vector, "message"))));
    }
  }

  @ParameterizedTest
  @MethodSource("agreements")
  void agreesOnAKey(JsonNode vector) {
    Optional<byte[]> key = Box.sharedKey(bytes(vector, "sk"), bytes(vector, "pk"));
    assertEquals(Optional.of(vector.get("k").asText()), key.map(bytes -> hex(bytes)));
  }

  @Test
  void agreesOnNothingWithAPointOfSmallOrder() {
    assertEquals(Optional.empty(), Box.sharedKey(new byte[32], new byte[32]));
  }

  @ParameterizedTest
  @MethodSource("secretBoxes")
  void boxesWithAKeyAndOpensIt(JsonNode vector) {
    byte[] key = bytes(vector, "key");
    byte[] nonce = bytes(vector, "nonce");
    byte[] boxed = Box.secretbox(key, nonce, bytes(vector, "plain"));
    assertEquals(vector.get("out").asText(), hex(boxed));
    assertArrayEquals(
        bytes(vector, "plain"), Box.openSecretbox(key, nonce, boxed, 0).orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("boxes")
  void sealsABoxForARecipient(JsonNode vector) {
    byte[] recipient = bytes(vector, "recipientPublic");
    byte[] boxed = Box.seal(bytes(vector, "plain"), recipient, bytes(vector, "ephemeralSecret"));
    assertEquals(vector.get("out").asText(), hex(boxed));
    byte[] opened = Box.open(boxed, recipient, bytes(vector, "recipientSecret")).orElseThrow();
    assertArrayEquals(bytes(vector, "plain"), opened);
  }

  @ParameterizedTest
  @MethodSource("seals")
  void encryptsSignsAndEncrypts(JsonNode vector) {
    byte[] sealed =
        keys(vector)
            .seal(
                bytes(vector, "plain"),
                bytes(vector, "innerEphemeralSecret"),
                bytes(vector, "outerEphemeralSecret"));
    assertEquals(vector.get("out").asText(), hex(sealed));
    assertEquals(bytes(vector, "plain").length + SubclusterKeys.OVERHEAD_BYTES, sealed.length);
  }

  @ParameterizedTest
  @MethodSource({"seals", "foreignSeals"})
  void opensWhatOthersSealed(JsonNode vector) {
    Opened opened = keys(vector).open(bytes(vector, "out"));
    assertArrayEquals(bytes(vector, "plain"), assertInstanceOf(Opened.Plain.class, opened).bytes());
  }

  @ParameterizedTest
  @MethodSource("tamperedSeals")
  void saysWhyItDoesNotOpen(JsonNode vector) {
    Opened opened = keys(vector).open(bytes(vector, "in"));
    Opened.Fault fault = assertInstanceOf(Opened.Failed.class, opened).fault();
    String upstream = vector.get("upstreamError").asText();
    assertEquals(upstream.startsWith("E") ? upstream : "WRONG_KEY", fault.name());
  }

  @ParameterizedTest
  @MethodSource("unsignedSeals")
  void removesOneOfTwoUnsignedBoxesAtATime(JsonNode vector) {
    SubclusterKeys keys = keys(vector);
    byte[] sealed =
        keys.sealUnsigned(
            bytes(vector, "plain"),
            bytes(vector, "innerEphemeralSecret"),
            bytes(vector, "outerEphemeralSecret"));
    assertEquals(vector.get("out").asText(), hex(sealed));
    Opened.Plain once = assertInstanceOf(Opened.Plain.class, keys.openUnsigned(sealed));
    Opened.Plain twice = assertInstanceOf(Opened.Plain.class, keys.openUnsigned(once.bytes()));
    assertArrayEquals(bytes(vector, "plain"), twice.bytes());
  }

  @Test
  void opensNoSealInWhichAnyBitWasChangedAndNoneOfAnotherKey() {
    long seed = 7;
    RandomSource random = RandomSource.seeded(seed);
    SubclusterKeys ours = SubclusterKeys.of(SigningKeys.sharedKey("ours"));
    SubclusterKeys theirs = SubclusterKeys.of(SigningKeys.sharedKey("theirs"));
    byte[] plain = "hello".getBytes(StandardCharsets.UTF_8);
    byte[] sealed = ours.seal(plain, random);
    assertInstanceOf(Opened.Plain.class, ours.open(sealed));
    assertInstanceOf(Opened.Failed.class, theirs.open(sealed));
    for (int bit = 0; bit < sealed.length * 8; bit += 5) {
      byte[] changed = sealed.clone();
      changed[bit >> 3] ^= (byte) (1 << (bit & 7));
      // The top bit of an X25519 point means nothing, but it is part of the nonce's hash.
      assertInstanceOf(Opened.Failed.class, ours.open(changed), "bit " + bit);
    }
    for (int length = 0; length < sealed.length; length++) {
      assertInstanceOf(Opened.Failed.class, ours.open(Arrays.copyOf(sealed, length)));
    }
  }

  @Test
  void verifiesNothingOfKeysAndSignaturesOfTheWrongSize() {
    SigningKeys alice = SigningKeys.ofText("alice");
    byte[] message = new byte[100];
    byte[] signature = alice.sign(message);
    assertTrue(SigningKeys.verify(alice.publicKey(), message, signature));
    assertFalse(SigningKeys.verify(new byte[31], message, signature));
    assertFalse(SigningKeys.verify(alice.publicKey(), message, new byte[63]));
    assertFalse(SigningKeys.verify(new byte[32], message, signature));
    assertThrows(IllegalArgumentException.class, () -> SigningKeys.ofSeed(new byte[31]));
  }
}
