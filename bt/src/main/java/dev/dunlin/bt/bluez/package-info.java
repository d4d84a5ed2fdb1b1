/**
 * Bluetooth by BlueZ over D-Bus. The only place where D-Bus is named. D-Bus' threads only hand over
 * what they get; the state is the adapter's lane's.
 */
package dev.dunlin.bt.bluez;
