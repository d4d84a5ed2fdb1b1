package dev.dunlin.net.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.net.peer.PeerException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static SimOptions options(int peers, double churn, double loss, long first, long last) {
    return new SimOptions(peers, churn, 0.3, 0.5, Latency.WAN, loss, first, last, 1.1, 3, false);
  }

  @Test
  void everySubscriberThatStaysHasThePacketInTimeUnderChurnAndLoss() throws Exception {
    for (double loss : new double[] {0, 0.05}) {
      List<SimResult> results = Simulator.run(options(24, 0.95, loss, 1, 2));
      JsonNode summary = Simulator.json(options(24, 0.95, loss, 1, 2), results).get("summary");
      String figures = summary.toString();
      assertEquals(1, summary.get("reachedAll").asDouble(), figures);
      assertTrue(summary.get("t100Ms").asDouble() <= 2_500, figures);
      assertTrue(summary.get("t50Ms").asDouble() > 10, "it takes a way: " + figures);
      assertTrue(summary.get("coverage60s").asDouble() >= 0.9, figures);
    }
  }

  @Test
  void packetsSurviveADayAndWhoWasAwayForItHasThemAMinuteAfterItCameBack() {
    // Everybody leaves about fourteen times in that day, and comes back with nothing.
    SimOptions day = new SimOptions(16, 0.01, 0.3, 0.5, Latency.WAN, 0, 1, 1, 1441, 3, false);
    SimResult result = Simulation.run(day, 1);
    assertEquals(OptionalDouble.of(1), result.coverage24h(), result.toString());
    assertEquals(OptionalDouble.of(1), result.returned24h(), result.toString());
    assertTrue(Simulator.json(day, List.of(result)).get("summary").get("returned24h").isNumber());
    // Nor do those who have it offer it without end to those who have forgotten it.
    assertTrue(result.duplicatesPerDelivery() < 10, result.toString());
  }

  @Test
  void theSameSeedGivesTheSameFiguresAndAnotherOneOthers() {
    SimOptions options = options(12, 2, 0.01, 1, 1);
    assertEquals(Simulation.run(options, 7), Simulation.run(options, 7));
    assertNotEquals(
        Simulation.run(options, 7).datagramsPerPeerPerSecond(),
        Simulation.run(options, 8).datagramsPerPeerPerSecond());
  }

  @Test
  void printsTheFieldsThatScriptsReadAndAPicture() throws Exception {
    SimOptions options = options(8, 0, 0, 3, 4);
    List<SimResult> results = Simulator.run(options);
    ObjectNode json = Simulator.json(options, results);
    for (String field :
        List.of(
            "t50Ms",
            "t90Ms",
            "t100Ms",
            "worstT100Ms",
            "reachedAll",
            "coverage60s",
            "datagramsPerPeerPerSecond",
            "bytesPerPeerPerSecond",
            "duplicatesPerDelivery")) {
      assertTrue(json.get("summary").get(field).isNumber(), field);
    }
    assertEquals(2, json.get("runs").size());
    byte[] svg = Simulator.svg(options, results).getBytes(StandardCharsets.UTF_8);
    assertEquals(
        "svg",
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg))
            .getDocumentElement()
            .getTagName());
  }

  @Test
  void refusesWhatItCannotSimulate() {
    assertThrows(PeerException.class, () -> options(1, 0, 0, 1, 1));
    assertThrows(PeerException.class, () -> options(8, -1, 0, 1, 1));
    assertThrows(PeerException.class, () -> options(8, 0, 1, 1, 1));
    assertThrows(PeerException.class, () -> options(8, 0, 0, 2, 1));
  }
}
