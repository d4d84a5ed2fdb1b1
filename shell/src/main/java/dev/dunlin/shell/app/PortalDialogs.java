package dev.dunlin.shell.app;

import dev.dunlin.shell.desktop.FilePortal;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.WindowHandle;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Asks the person for files and folders in the desktop's own dialogs, and in ours where the desktop
 * has none, or they fail. What they give is checked as it is in ours.
 *
 * <p><i>Thread:</i> any.
 */
final class PortalDialogs implements PickerModule.Person {
  /** See {@link FilePortal#pick}. */
  interface Portal {
    Future<List<Path>> pick(FilePortal.Dialog dialog, Future<Void> withdrawn);
  }

  private final Portal portal;
  private final FileDialogs own;
  private final PageServices.Blocking blocking;

  PortalDialogs(Portal portal, FileDialogs own, PageServices.Blocking blocking) {
    this.portal = portal;
    this.own = own;
    this.blocking = blocking;
  }

  @Override
  public Future<List<Path>> pick(
      BrowserWindow window, PickerModule.Request request, Future<Void> cancelled) {
    return window
        .onFrame(WindowHandle::ofPortal)
        .compose(parent -> portal.pick(dialog(parent, own.title(request), request), cancelled))
        .transform(
            done ->
                done.succeeded()
                    ? checked(window, request, done.result(), cancelled)
                    : own.pick(window, request, cancelled));
  }

  /** What can't be picked is said, and the person is asked again. */
  private Future<List<Path>> checked(
      BrowserWindow window,
      PickerModule.Request request,
      List<Path> picked,
      Future<Void> cancelled) {
    return blocking
        .run(() -> Checked.of(own, request, picked))
        .compose(
            found ->
                found.fault().isEmpty()
                    ? Future.succeededFuture(found.real())
                    : window
                        .onFrame(
                            owner -> {
                              own.warn(owner, found.fault().get());
                              return owner;
                            })
                        .compose(read -> pick(window, request, cancelled)));
  }

  private record Checked(List<Path> real, Optional<String> fault) {
    static Checked of(FileDialogs own, PickerModule.Request request, List<Path> picked) {
      List<Path> real = new ArrayList<>();
      for (Path path : picked) {
        Path one = PickerModule.real(request.kind(), path);
        Optional<String> fault = own.fault(request.kind(), one);
        if (fault.isPresent()) {
          return new Checked(List.of(), fault);
        }
        real.add(one);
      }
      return new Checked(real, Optional.empty());
    }
  }

  static FilePortal.Dialog dialog(String parent, String title, PickerModule.Request request) {
    Stream<FilePortal.Filter> kinds =
        request.filters().stream()
            .map(kind -> new FilePortal.Filter(kind.description(), kind.suffixes(), kind.types()));
    Stream<FilePortal.Filter> all =
        request.acceptAll() && !request.filters().isEmpty()
            ? Stream.of(new FilePortal.Filter("All files", List.of(""), List.of()))
            : Stream.empty();
    return new FilePortal.Dialog(
        FilePortal.Kind.valueOf(request.kind().name()),
        parent,
        title,
        request.multiple(),
        request.start().map(start -> Files.isDirectory(start) ? start : start.getParent()),
        request.suggestedName(),
        Stream.concat(kinds, all).toList());
  }

  @Override
  public Future<Boolean> mayChange(BrowserWindow window, Path path) {
    return own.mayChange(window, path);
  }
}
