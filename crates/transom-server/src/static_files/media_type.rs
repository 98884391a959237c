//! The `content-type` of a public file by its extension, as npm `send` 1.2 with `mime-types` 3 gives
//! it. `mime_guess` knows the extensions; the table holds where the two differ.

use http::HeaderValue;

/// For unknown extensions, and for files without one.
const UNKNOWN: &str = "application/octet-stream";

/// Where `mime-types` 3 differs from `mime_guess` 2, for types that occur on web sites.
const DIFFERENT: &[(&str, &str)] = &[
    ("asc", "application/pgp-keys"),
    ("cjs", "application/node"),
    ("dmg", "application/x-apple-diskimage"),
    ("exe", "application/x-msdos-program"),
    ("flac", "audio/x-flac"),
    ("ico", "image/vnd.microsoft.icon"),
    ("iso", "application/x-iso9660-image"),
    ("jsx", "text/jsx"),
    ("m3u8", "application/vnd.apple.mpegurl"),
    ("m4a", "audio/mp4"),
    ("manifest", "text/cache-manifest"),
    ("map", "application/json"),
    ("mjs", "text/javascript"),
    ("otf", "font/otf"),
    ("psd", "image/vnd.adobe.photoshop"),
    ("rar", "application/vnd.rar"),
    ("sql", "application/sql"),
    ("toml", "application/toml"),
    ("ts", "video/mp2t"),
    ("usdz", "model/vnd.usdz+zip"),
    ("woff", "font/woff"),
    ("xml", "application/xml"),
    ("yaml", "text/yaml"),
    ("yml", "text/yaml"),
];

/// Types outside `text/` that `mime-types` gives a charset.
const UTF_8: [&str; 2] = ["application/json", "application/manifest+json"];

/// The `content-type` for a file of this name.
pub(super) fn content_type(name: &str) -> HeaderValue {
    let file = name.rsplit('/').next().unwrap_or(name);
    // As in Node's `extname`, a dot at the beginning starts no extension.
    let extension = file.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
    let Some((_, extension)) = extension else { return HeaderValue::from_static(UNKNOWN) };
    let extension = extension.to_ascii_lowercase();
    let different = DIFFERENT.iter().find(|(name, _)| *name == extension).map(|(_, kind)| *kind);
    let essence =
        different.or_else(|| mime_guess::from_ext(&extension).first_raw()).unwrap_or(UNKNOWN);
    let value = if essence.starts_with("text/") || UTF_8.contains(&essence) {
        format!("{essence}; charset=utf-8")
    } else {
        essence.to_owned()
    };
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static(UNKNOWN))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row: what `mime-types` 3.0.2 gives for these extensions.
    const ROWS: &[(&str, &str)] = &[
        ("html htm", "text/html; charset=utf-8"),
        ("css", "text/css; charset=utf-8"),
        ("js mjs", "text/javascript; charset=utf-8"),
        ("cjs", "application/node"),
        ("json map", "application/json; charset=utf-8"),
        ("webmanifest", "application/manifest+json; charset=utf-8"),
        ("txt log conf ini", "text/plain; charset=utf-8"),
        ("md", "text/markdown; charset=utf-8"),
        ("xml", "application/xml"),
        ("svg svgz", "image/svg+xml"),
        ("png", "image/png"),
        ("jpg jpeg", "image/jpeg"),
        ("gif", "image/gif"),
        ("webp", "image/webp"),
        ("avif", "image/avif"),
        ("ico", "image/vnd.microsoft.icon"),
        ("bmp", "image/bmp"),
        ("woff", "font/woff"),
        ("woff2", "font/woff2"),
        ("ttf", "font/ttf"),
        ("otf", "font/otf"),
        ("eot", "application/vnd.ms-fontobject"),
        ("pdf", "application/pdf"),
        ("zip", "application/zip"),
        ("gz", "application/gzip"),
        ("tar", "application/x-tar"),
        ("wasm", "application/wasm"),
        ("mp3", "audio/mpeg"),
        ("mp4", "video/mp4"),
        ("webm", "video/webm"),
        ("ogg oga opus", "audio/ogg"),
        ("ogv", "video/ogg"),
        ("wav", "audio/wav"),
        ("m4a", "audio/mp4"),
        ("mov", "video/quicktime"),
        ("csv", "text/csv; charset=utf-8"),
        ("tsv", "text/tab-separated-values; charset=utf-8"),
        ("yaml yml", "text/yaml; charset=utf-8"),
        ("toml", "application/toml"),
        ("rtf", "application/rtf"),
        ("doc", "application/msword"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("xls", "application/vnd.ms-excel"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("ppt", "application/vnd.ms-powerpoint"),
        ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("ics", "text/calendar; charset=utf-8"),
        ("vcf", "text/x-vcard; charset=utf-8"),
        ("atom", "application/atom+xml"),
        ("rss", "application/rss+xml"),
        ("xhtml", "application/xhtml+xml"),
        ("jsonld", "application/ld+json"),
        ("ts", "video/mp2t"),
        ("tsx bin wat zst br", "application/octet-stream"),
        ("jsx", "text/jsx; charset=utf-8"),
        ("php", "application/x-httpd-php"),
        ("sh", "application/x-sh"),
        ("exe", "application/x-msdos-program"),
        ("glb", "model/gltf-binary"),
        ("gltf", "model/gltf+json"),
        ("usdz", "model/vnd.usdz+zip"),
        ("apk", "application/vnd.android.package-archive"),
        ("dmg", "application/x-apple-diskimage"),
        ("iso", "application/x-iso9660-image"),
        ("7z", "application/x-7z-compressed"),
        ("rar", "application/vnd.rar"),
        ("flac", "audio/x-flac"),
        ("aac", "audio/aac"),
        ("m3u8", "application/vnd.apple.mpegurl"),
        ("mpd", "application/dash+xml"),
        ("vtt", "text/vtt; charset=utf-8"),
        ("srt", "application/x-subrip"),
        ("appcache manifest", "text/cache-manifest; charset=utf-8"),
        ("geojson", "application/geo+json"),
        ("sql", "application/sql"),
        ("pem", "application/x-x509-ca-cert"),
        ("asc", "application/pgp-keys"),
        ("psd", "image/vnd.adobe.photoshop"),
        ("ai eps", "application/postscript"),
        ("tif tiff", "image/tiff"),
        ("heic", "image/heic"),
        ("heif", "image/heif"),
        ("jxl", "image/jxl"),
        ("apng", "image/apng"),
        ("bz2", "application/x-bzip2"),
        ("xz", "application/x-xz"),
        ("jar", "application/java-archive"),
        ("swf", "application/x-shockwave-flash"),
        ("m4v", "video/x-m4v"),
        ("avi", "video/x-msvideo"),
        ("mkv", "video/x-matroska"),
        ("flv", "video/x-flv"),
        ("3gp", "video/3gpp"),
    ];

    #[test]
    fn types_are_those_of_send() {
        let wrong: Vec<_> = ROWS
            .iter()
            .flat_map(|(extensions, kind)| extensions.split(' ').map(move |name| (name, *kind)))
            .map(|(extension, kind)| (extension, content_type(&format!("a/b.{extension}")), kind))
            .filter(|(_, actual, kind)| actual != kind)
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_name_without_an_extension_is_bytes() {
        for name in ["a", ".well-known/site-association", ".json", "a."] {
            assert_eq!(content_type(name), UNKNOWN, "{name}");
        }
    }
}
