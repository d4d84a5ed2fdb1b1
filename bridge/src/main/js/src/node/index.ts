/** The reference's name for `socket:network`. */
export { network, network as default, Cache, sha256, Encryption, Packet, NAT } from 'socket:network';
