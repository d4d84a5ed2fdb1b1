/** What keeps others from filling our memory or spending our bandwidth. */
package dev.dunlin.net.limits;
