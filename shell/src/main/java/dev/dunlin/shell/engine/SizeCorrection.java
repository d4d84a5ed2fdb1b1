package dev.dunlin.shell.engine;

import java.awt.Dimension;
import java.util.Optional;

/**
 * Which sizes of a window are corrected. A tiling window manager imposes its own: to correct the
 * same one again and again would not end.
 */
final class SizeCorrection {
  private Optional<Dimension> corrected = Optional.empty();

  /**
   * The size to ask for; empty when the window may stay as it is, or the window manager insists.
   *
   * @param size now
   * @param bounded the nearest size within the bounds
   */
  Optional<Dimension> of(Dimension size, Dimension bounded) {
    if (size.equals(bounded) || corrected.filter(size::equals).isPresent()) {
      return Optional.empty();
    }
    corrected = Optional.of(size);
    return Optional.of(bounded);
  }

  /**
   * Some time has gone by: the correction was accepted if the window does not have the old size.
   */
  void lasted(Dimension size) {
    corrected = corrected.filter(size::equals);
  }
}
