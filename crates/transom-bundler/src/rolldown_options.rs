//! The rolldown options that every bundle of this crate shares.
//!
//! Modules are ES modules for a server that is not Node: no `browser` field, no `require`, no polyfills. Package
//! entry points are chosen by the conditions `import` (or `require`), `module`, `node`, `production`, `default`,
//! in the order in which the package lists them; without `exports`, `module` comes before `main`.

use std::{path::Path, sync::Arc};

use rolldown::BundlerOptions;
use rolldown_common::bundler_options::{
    BundlerTransformOptions, ChecksOptions, ChunkFilenamesOutputOption, InputItem, OutputFormat,
    Platform, PreserveEntrySignatures, RawMinifyOptions, ResolveOptions, SourceMapPathTransform,
    SourceMapType, TsConfig,
};

use crate::{bundler::FoundEntry, error::project_path, translate::normalize};

/// Conditions of `exports` and `imports` besides `import`, `require` and `default`. The same in development and
/// in production, because no answer may differ between the two.
const CONDITIONS: [&str; 3] = ["module", "node", "production"];
/// Fields of package.json when there is no `exports`.
const MAIN_FIELDS: [&str; 2] = ["module", "main"];
/// Tried in this order for an import without extension, as Vite does.
const EXTENSIONS: [&str; 8] = [".mjs", ".js", ".mts", ".ts", ".jsx", ".tsx", ".json", ".cjs"];

/// Folder of entry chunks and of shared chunks. Both one level deep: source map paths rely on it.
const ENTRY_FILES: &str = "entries/[name].js";
const CHUNK_FILES: &str = "chunks/[name]-[hash].js";

/// Options without input.
pub(crate) fn rolldown_options(root: &Path, transform: BundlerTransformOptions) -> BundlerOptions {
    let owned = |list: &[&str]| Some(list.iter().map(|&text| text.to_owned()).collect());
    BundlerOptions {
        cwd: Some(root.to_path_buf()),
        dir: Some(".transom/build/server".to_owned()),
        platform: Some(Platform::Neutral),
        format: Some(OutputFormat::Esm),
        entry_filenames: Some(ChunkFilenamesOutputOption::String(ENTRY_FILES.to_owned())),
        chunk_filenames: Some(ChunkFilenamesOutputOption::String(CHUNK_FILES.to_owned())),
        preserve_entry_signatures: Some(PreserveEntrySignatures::Strict),
        sourcemap: Some(SourceMapType::Hidden),
        sourcemap_path_transform: Some(source_paths(root)),
        resolve: Some(ResolveOptions {
            condition_names: owned(&CONDITIONS),
            main_fields: owned(&MAIN_FIELDS),
            extensions: owned(&EXTENSIONS),
            ..ResolveOptions::default()
        }),
        // The project's tsconfig is read by `tsconfig.rs`.
        tsconfig: Some(TsConfig::Auto(false)),
        transform: Some(transform),
        // Dead code elimination would drop exports behind a `throw` at the top level, and then not link.
        minify: Some(RawMinifyOptions::Bool(false)),
        checks: Some(quiet()),
        ..BundlerOptions::default()
    }
}

/// The entries as rolldown wants them.
pub(crate) fn input(entries: &[FoundEntry]) -> Vec<InputItem> {
    entries
        .iter()
        .map(|entry| InputItem { name: Some(entry.chunk.clone()), import: entry.id.clone() })
        .collect()
}

/// Makes source map paths relative to the project.
fn source_paths(root: &Path) -> SourceMapPathTransform {
    let root = root.to_path_buf();
    let chunk_dir = root.join(".transom/build/server/any");
    SourceMapPathTransform::new(Arc::new(move |source, _map| {
        let name = project_path(&root, &normalize(&chunk_dir.join(source)));
        Box::pin(async move { Ok(name.to_string_lossy().into_owned()) })
    }))
}

/// Checks that say nothing useful about a server's code.
fn quiet() -> ChecksOptions {
    ChecksOptions {
        eval: Some(false),
        invalid_annotation: Some(false),
        common_js_variable_in_esm: Some(false),
        tolerated_transform: Some(false),
        prefer_builtin_feature: Some(false),
        plugin_timings: Some(false),
        ineffective_dynamic_import: Some(false),
        sourcemap_broken: Some(false),
        ..ChecksOptions::default()
    }
}
