package dev.dunlin.bridge;

import java.util.ArrayList;
import java.util.List;

/**
 * The policies of one document: every response header and every {@code <meta>}. All must allow.
 *
 * <p>Deny is the default: a set in which no policy governs connections allows nothing, although
 * Chromium would let such a document connect anywhere.
 */
public final class PolicySet {
  /** Allows nothing. */
  public static final PolicySet NONE = new PolicySet(List.of());

  private final List<Policy> all;
  private final List<Policy> governing;
  private final boolean opaque;

  private PolicySet(List<Policy> policies) {
    this(policies, policies.stream().filter(Policy::governs).toList());
  }

  private PolicySet(List<Policy> all, List<Policy> governing) {
    this.all = all;
    this.governing = governing;
    this.opaque = all.stream().anyMatch(Policy::opaqueOrigin);
  }

  /**
   * Parses policies as Chromium gets them.
   *
   * @param serialized values of {@code Content-Security-Policy} headers (a comma joins several) and
   *     of {@code <meta>} elements, in the form that reaches Chromium: names already expanded by
   *     {@link PolicyHeader}
   */
  public static PolicySet of(List<String> serialized) {
    List<Policy> policies = new ArrayList<>();
    for (String value : serialized) {
      for (String one : value.split(",")) {
        policies.add(Policy.parse(one));
      }
    }
    return policies.isEmpty() ? NONE : new PolicySet(policies);
  }

  /**
   * These policies and others that may only take away: where none of these governs connections,
   * none of the others allows any.
   *
   * @param serialized as in {@link #of}
   */
  public PolicySet narrowedBy(List<String> serialized) {
    List<Policy> all = new ArrayList<>(this.all);
    all.addAll(of(serialized).all);
    return governing.isEmpty() ? new PolicySet(all, List.of()) : new PolicySet(all);
  }

  /** Whether a document with these policies has a bridge at all: a sandboxed origin has none. */
  public boolean hasBridge() {
    return !opaque;
  }

  /** Whether every policy allows the command URL. */
  public boolean allows(CommandUrl url) {
    if (opaque || governing.isEmpty()) {
      return false;
    }
    for (Policy policy : governing) {
      if (!policy.allows(url)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether every policy allows the command URL by a source that names {@code folder} or something
   * in it, and not only something that it lies in.
   */
  boolean names(CommandUrl url, CommandUrl folder) {
    return !opaque
        && !governing.isEmpty()
        && governing.stream().allMatch(policy -> policy.names(url, folder));
  }

  /** The directive to which a source must be added so that {@code url} is allowed. */
  String refusingDirective(CommandUrl url) {
    return governing.stream()
        .filter(policy -> !policy.allows(url))
        .findFirst()
        .map(Policy::directive)
        .orElse("connect-src");
  }
}
