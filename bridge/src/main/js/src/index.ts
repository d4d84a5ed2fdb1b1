/** The reference's name for `socket:network`. */
export { network, Cache, sha256, Encryption, Packet, NAT } from 'socket:network';
