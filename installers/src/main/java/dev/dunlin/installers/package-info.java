/**
 * Makes packages of apps. A package has the app's files alone ({@code --thin}; the runtime is a
 * package of its own that all apps share) or with the {@link dev.dunlin.installers.Runtime} it runs
 * on.
 */
package dev.dunlin.installers;
