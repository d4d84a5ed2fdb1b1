package dev.dunlin.net.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.net.Vectors;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LimitsTest {
  @Test
  void countsByTheMinuteAsTheTraceDoes() {
    JsonNode vectors = Vectors.get("rateLimit");
    MinuteQuota quota = new MinuteQuota(vectors.get("quotaPerMinute").get("R").asInt(), 0);
    for (JsonNode step : vectors.get("trace")) {
      int accepted = 0;
      for (int i = 0; i < step.get("offered").asInt(); i++) {
        accepted += quota.admits(step.get("minute").asLong()) ? 1 : 0;
      }
      assertEquals(step.get("accepted").asInt(), accepted, step.toString());
      assertEquals(step.get("quotaAfter").asInt(), quota.quota(), step.toString());
    }
  }

  @Test
  void letsABurstThroughAndThenSoManyASecond() {
    TokenBucket bucket = new TokenBucket(10, 3, Duration.ZERO);
    assertTrue(bucket.take(3, Duration.ZERO));
    assertFalse(bucket.take(1, Duration.ZERO));
    assertFalse(bucket.take(1, Duration.ofMillis(99)));
    assertTrue(bucket.take(1, Duration.ofMillis(101)));
    assertTrue(bucket.take(3, Duration.ofHours(1)));
    assertFalse(bucket.take(1, Duration.ofHours(1)));
  }

  @Test
  void forgetsWhoWasUsedLongestAgo() {
    BoundedMap<Integer, String> map = new BoundedMap<>(3);
    for (int i = 0; i < 3; i++) {
      map.put(i, "v" + i);
    }
    assertEquals(Optional.of("v0"), map.get(0));
    map.put(3, "v3");
    assertEquals(3, map.size());
    assertEquals(Optional.empty(), map.get(1));
    assertEquals(Optional.of("v0"), map.get(0));
  }
}
