package dev.dunlin.net.peer;

/** Figures of a peer at one moment; counters count from its start. */
public record PeerStatistics(
    int peers,
    int direct,
    int proxied,
    int cachedPackets,
    long cachedBytes,
    long sentDatagrams,
    long sentBytes,
    long receivedDatagrams,
    long rejectedDatagrams,
    long duplicates,
    long acceptedPackets,
    long dropped,
    int paths,
    int gates,
    int quarantined,
    long syncPackets,
    int attempts) {}
