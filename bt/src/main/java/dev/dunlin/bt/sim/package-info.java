/**
 * Bluetooth without a radio: adapters that hear each other, devices that do what a test says, on a
 * scheduler's time, real or virtual. For Dunlin's tests and for those of apps.
 */
package dev.dunlin.bt.sim;
