package dev.dunlin.shell.resources;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Content types by extension. A fixed table, not the system's, so that an app gets the same types
 * on every machine; with {@code nosniff} they decide what Chromium runs.
 */
public final class MimeTypes {
  /** The type of a file with an unknown extension: it is downloaded or read as bytes, never run. */
  static final String UNKNOWN = "application/octet-stream";

  private static final Map<String, String> BY_EXTENSION = new HashMap<>();

  static {
    String table =
        """
        text/html html htm
        text/css css
        text/javascript js mjs cjs
        text/plain txt text log ini conf toml c h cc cpp hpp java rs go py rb sh ts mts cts tsx jsx vue svelte
        text/markdown md markdown
        text/csv csv
        text/tab-separated-values tsv
        text/vtt vtt
        text/calendar ics
        text/vcard vcf
        text/yaml yaml yml
        text/xml xml xsl xslt
        application/xhtml+xml xhtml xht
        application/atom+xml atom
        application/rss+xml rss
        application/json json map json5
        application/ld+json jsonld
        application/geo+json geojson
        application/manifest+json webmanifest
        application/x-ndjson ndjson jsonl
        application/wasm wasm
        application/pdf pdf
        application/epub+zip epub
        application/rtf rtf
        application/zip zip
        application/gzip gz tgz
        application/zstd zst
        application/x-bzip2 bz2
        application/x-xz xz
        application/x-7z-compressed 7z
        application/x-tar tar
        application/vnd.rar rar
        application/vnd.sqlite3 sqlite sqlite3
        application/msword doc
        application/vnd.ms-excel xls
        application/vnd.ms-powerpoint ppt
        application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
        application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
        application/vnd.oasis.opendocument.text odt
        application/vnd.oasis.opendocument.spreadsheet ods
        application/vnd.apple.mpegurl m3u8
        application/dash+xml mpd
        application/ogg ogx
        image/svg+xml svg
        image/png png
        image/apng apng
        image/jpeg jpg jpeg jfif
        image/gif gif
        image/webp webp
        image/avif avif
        image/heic heic
        image/jxl jxl
        image/bmp bmp
        image/tiff tif tiff
        image/x-icon ico cur
        font/woff2 woff2
        font/woff woff
        font/ttf ttf
        font/otf otf
        font/collection ttc
        application/vnd.ms-fontobject eot
        audio/mpeg mp3
        audio/mp4 m4a
        audio/aac aac
        audio/ogg ogg oga opus
        audio/flac flac
        audio/wav wav
        audio/webm weba
        audio/midi mid midi
        video/mp4 mp4 m4v
        video/webm webm
        video/ogg ogv
        video/quicktime mov
        video/x-matroska mkv
        video/mp2t m2ts
        model/gltf+json gltf
        model/gltf-binary glb
        model/obj obj
        model/stl stl
        """;
    table
        .lines()
        .map(line -> line.split(" "))
        .forEach(
            words -> {
              for (int i = 1; i < words.length; i++) {
                BY_EXTENSION.put(words[i], withCharset(words[0]));
              }
            });
  }

  private MimeTypes() {}

  /** The value of {@code content-type} for a file of this name. */
  public static String of(String fileName) {
    String extension = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return BY_EXTENSION.getOrDefault(extension, UNKNOWN);
  }

  static boolean isHtml(String contentType) {
    return contentType.startsWith("text/html");
  }

  /** XML is left out: it names its encoding in its first line, which a charset would override. */
  private static String withCharset(String type) {
    boolean text = type.startsWith("text/") && !type.equals("text/xml");
    return text || type.equals("application/json") || type.equals("application/manifest+json")
        ? type + "; charset=utf-8"
        : type;
  }
}
