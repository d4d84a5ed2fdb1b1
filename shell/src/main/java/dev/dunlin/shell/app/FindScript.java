package dev.dunlin.shell.app;

/**
 * Finds text in a document, in a world of its own: JCEF hands on no result of Chromium's search. It
 * shows the finds by the CSS Custom Highlight API, which changes nothing in the document, and sees
 * the rendered text of the document itself: not that of frames and shadow trees, nor what stands in
 * fields.
 */
final class FindScript {
  /** An expression whose value has {@code find} and {@code stop}. */
  static final String SOURCE =
      """
      (globalThis.dunlinFind ??= (() => {
        // Most finds that are shown; `more` says that there are others.
        const MOST = 10000
        const BLOCK = /^(block|flex|grid|table|list-item|flow-root|table-cell|table-row|table-caption)$/
        let sheet, last = '', active = null
        const show = (name, ranges) => CSS.highlights.set(name, new Highlight(...ranges))
        const clear = () => { CSS.highlights.delete('dunlin-find'); CSS.highlights.delete('dunlin-find-active') }
        const blockOf = node => {
          let at = node.parentElement
          while (at && !BLOCK.test(getComputedStyle(at).display)) at = at.parentElement
          return at
        }
        // The text as it is read: white space is one space, a block ends a line.
        const read = () => {
          const nodes = [], starts = []
          let text = '', block = null, offsets = []
          const walker = document.createTreeWalker(document.body ?? document, NodeFilter.SHOW_TEXT)
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const parent = node.parentElement
            if (!parent || !parent.checkVisibility({ visibilityProperty: true }) || /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|TEXTAREA|OPTION|TITLE)$/.test(parent.nodeName)) continue
            const its = blockOf(node)
            if (its !== block && text) { text += '\\n'; offsets.push(0) }
            block = its
            nodes.push(node)
            starts.push(text.length)
            const pre = /^(pre|break)/.test(getComputedStyle(parent).whiteSpace)
            for (let i = 0; i < node.data.length; i++) {
              const space = !pre && /[ \\t\\r\\n\\f]/.test(node.data[i])
              if (space && /(^|[ \\n])$/.test(text.slice(-1))) continue
              text += space ? ' ' : node.data[i]
              offsets.push(i)
            }
          }
          return { text, place: (index) => {
            let low = 0, high = starts.length - 1
            while (low < high) {
              const middle = low + high + 1 >> 1
              if (starts[middle] <= index) low = middle; else high = middle - 1
            }
            return [nodes[low], offsets[index]]
          } }
        }
        return {
          find({ text: wanted, matchCase, backwards }) {
            const { text, place } = read()
            const pattern = new RegExp(wanted.replace(/[.*+?^${}()|[\\]\\\\\\/]/g, '\\\\$&').replace(/\\s+/g, ' '), matchCase ? 'g' : 'gi')
            const ranges = []
            let more = false
            for (const found of text.matchAll(pattern)) {
              if (ranges.length === MOST) { more = true; break }
              const range = document.createRange()
              range.setStart(...place(found.index))
              const [node, offset] = place(found.index + found[0].length - 1)
              range.setEnd(node, offset + 1)
              ranges.push(range)
            }
            const key = matchCase + wanted
            let index = 0
            if (active && active.startContainer.isConnected) {
              const same = key === last
              const side = range => range.compareBoundaryPoints(Range.START_TO_START, active)
              if (backwards) {
                index = ranges.findLastIndex(range => side(range) < 0)
                if (index < 0) index = ranges.length - 1
              } else {
                index = Math.max(0, ranges.findIndex(range => same ? side(range) > 0 : side(range) >= 0))
              }
            } else if (backwards) index = ranges.length - 1
            last = key
            if (!sheet) {
              sheet = new CSSStyleSheet()
              sheet.replaceSync('::highlight(dunlin-find){background-color:#ffec3d;color:#000}::highlight(dunlin-find-active){background-color:#ff9632;color:#000}')
            }
            if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
            clear()
            active = ranges[index] ?? null
            if (active) {
              show('dunlin-find', ranges)
              show('dunlin-find-active', [active])
              CSS.highlights.get('dunlin-find-active').priority = 1
              active.startContainer.parentElement.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' })
            }
            return { matches: ranges.length, active: active ? index + 1 : 0, more }
          },
          stop(select) {
            clear()
            if (sheet) document.adoptedStyleSheets = document.adoptedStyleSheets.filter(one => one !== sheet)
            if (select && active) { getSelection().removeAllRanges(); getSelection().addRange(active) }
            active = null
            last = ''
            return true
          },
        }
      })())""";

  private FindScript() {}
}
