/** The reference's name for `socket:network`. What it took beside the options, the host has. */
import { network, type Bus, type NetworkOptions } from 'socket:network';

export function api(options: NetworkOptions, _events?: object, _dgram?: object): Promise<Bus> { return network(options); }
export default api;
