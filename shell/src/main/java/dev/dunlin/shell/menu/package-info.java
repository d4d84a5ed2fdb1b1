/** Menus as apps describe them, without a toolkit. */
package dev.dunlin.shell.menu;
