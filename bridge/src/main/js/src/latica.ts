/** The reference's names for the parts of `socket:network` that pages use; packets, caches and proxies live in the host (docs/network.md). */
export { Bus as Peer, Encryption, RemotePeer, network, network as api, sha256 } from 'socket:network';
export { default } from 'socket:network';
