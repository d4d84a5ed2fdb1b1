/** Java extensions of an app: jars in its {@code extensions} folder, see docs/extensions.md. */
package dev.dunlin.bridge.extension;
