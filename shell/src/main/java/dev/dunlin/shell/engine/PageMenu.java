package dev.dunlin.shell.engine;

import java.util.List;
import java.util.Set;

/**
 * Where a person asks for a context menu, and the page has none of its own.
 *
 * @param editable whether text can be typed there
 * @param selected whether text is selected
 * @param possible what can be done to it
 * @param misspelled the word that the spelling checker does not know; empty if there is none
 * @param suggestions for a word that the spelling checker does not know
 */
public record PageMenu(
    boolean editable,
    boolean selected,
    Set<PageEdit> possible,
    String misspelled,
    List<String> suggestions) {
  public PageMenu {
    possible = Set.copyOf(possible);
    suggestions = List.copyOf(suggestions);
  }
}
