/** The reference's names for the parts of `socket:network`; the peer itself lives in the host (docs/network.md). */
export * from 'socket:latica/index';
export { network, network as api } from 'socket:network';
export { default } from 'socket:network';
