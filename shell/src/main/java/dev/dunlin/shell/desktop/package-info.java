/**
 * The person's desktop: notifications, tray, theme, power, portals. All that names D-Bus in the
 * shell; loaded when an app first wants one of them, never at a start.
 */
package dev.dunlin.shell.desktop;
