/** Kinds of NAT, and how two peers behind them find each other. */
export const MAPPING_ENDPOINT_INDEPENDENT = 0b00011;
export const MAPPING_ENDPOINT_DEPENDENT = 0b00001;
export const FIREWALL_ALLOW_ANY = 0b11100;
export const FIREWALL_ALLOW_KNOWN_IP = 0b01100;
export const FIREWALL_ALLOW_KNOWN_IP_AND_PORT = 0b00100;
export const UNKNOWN = 0;
export const UNRESTRICTED = FIREWALL_ALLOW_ANY | MAPPING_ENDPOINT_INDEPENDENT;
export const ADDR_RESTRICTED = FIREWALL_ALLOW_KNOWN_IP | MAPPING_ENDPOINT_INDEPENDENT;
export const PORT_RESTRICTED = FIREWALL_ALLOW_KNOWN_IP_AND_PORT | MAPPING_ENDPOINT_INDEPENDENT;
export const ENDPOINT_RESTRICTED = FIREWALL_ALLOW_KNOWN_IP_AND_PORT | MAPPING_ENDPOINT_DEPENDENT;
export const STRATEGY_DEFER = 0;
export const STRATEGY_DIRECT_CONNECT = 1;
export const STRATEGY_TRAVERSAL_OPEN = 2;
export const STRATEGY_TRAVERSAL_CONNECT = 3;
export const STRATEGY_PROXY = 4;

export const isEndpointDependenceDefined = (nat: number): boolean => (nat & 0b00001) !== 0;
export const isFirewallDefined = (nat: number): boolean => (nat & 0b00100) !== 0;
export const isValid = (nat: number): boolean => [5, 7, 13, 15, 21, 23, 29, 31].includes(nat);

const NAMES: Readonly<Record<number, string>> = { [UNRESTRICTED]: 'UNRESTRICTED', [ADDR_RESTRICTED]: 'ADDR_RESTRICTED', [PORT_RESTRICTED]: 'PORT_RESTRICTED', [ENDPOINT_RESTRICTED]: 'ENDPOINT_RESTRICTED' };
const STRATEGIES = ['STRATEGY_DEFER', 'STRATEGY_DIRECT_CONNECT', 'STRATEGY_TRAVERSAL_OPEN', 'STRATEGY_TRAVERSAL_CONNECT', 'STRATEGY_PROXY'];
export function toString(nat: number): string { return NAMES[nat] ?? 'UNKNOWN'; }
export function toStringStrategy(strategy: number): string { return STRATEGIES[strategy] ?? 'STRATEGY_UNKNOWN'; }

/** What the peer behind `local` does to reach the one behind `remote`. */
export function connectionStrategy(local: number, remote: number): 0 | 1 | 2 | 3 | 4 {
  if (remote === UNRESTRICTED) return STRATEGY_DIRECT_CONNECT;
  if (local === UNRESTRICTED && remote in NAMES) return STRATEGY_DEFER;
  if (remote === ADDR_RESTRICTED) return STRATEGY_DIRECT_CONNECT;
  if (remote === PORT_RESTRICTED) {
    if (local === ADDR_RESTRICTED || local === PORT_RESTRICTED) return STRATEGY_DIRECT_CONNECT;
    if (local === ENDPOINT_RESTRICTED) return STRATEGY_TRAVERSAL_CONNECT;
  }
  if (remote === ENDPOINT_RESTRICTED) {
    if (local === ADDR_RESTRICTED) return STRATEGY_DIRECT_CONNECT;
    if (local === PORT_RESTRICTED) return STRATEGY_TRAVERSAL_OPEN;
  }
  return STRATEGY_PROXY;
}
