package dev.dunlin.bt.sim;

/** What an adapter can be told to fail at, or never to answer. */
public enum SimOperation {
  POWER,
  SCAN,
  CONNECT,
  DISCONNECT,
  PAIR,
  DISCOVER,
  READ,
  WRITE,
  NOTIFY,
  ADVERTISE,
  SERVE
}
