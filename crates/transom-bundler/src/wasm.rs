//! WebAssembly files as modules: `./a.wasm` and `./a.wasm?module` are the compiled `WebAssembly.Module`, `./a.wasm?init` a
//! function that makes an instance of it. The bytes are part of the bundle.

/// The text of the module for the WebAssembly in `bytes`, imported with `query`; `None` when that is no way to import one.
pub(crate) fn module(bytes: &[u8], query: &str) -> Option<String> {
    let compiled = format!(
        "const compiled = new WebAssembly.Module(Uint8Array.fromBase64(\"{}\"));\n",
        base64_simd::STANDARD.encode_to_string(bytes)
    );
    match query {
        "" | "module" => Some(format!("{compiled}export default compiled;\n")),
        "init" => Some(format!(
            "{compiled}export default async (imports = {{}}) => new WebAssembly.Instance(compiled, imports);\n"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_in_the_module() {
        assert!(module(b"Man!", "module").is_some_and(|text| text.contains("\"TWFuIQ==\"")));
        assert!(module(b"", "init").is_some_and(|text| text.contains("async")));
        assert_eq!(module(b"", "other"), None);
    }
}
