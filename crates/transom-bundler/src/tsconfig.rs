//! The project's `tsconfig.json` (or `jsconfig.json`): path aliases and the options that change emitted code.
//!
//! As in Astro, the configuration of the project root counts for every file. It is read here and not by the
//! bundler's own discovery, because a missing `extends` must not stop a project: `astro/tsconfigs/strict` names
//! a package that transom does not need. Type checking options have no effect.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use oxc_resolver::{CompilerOptions, ExtendsField, TsConfig};
use rolldown_common::bundler_options::{
    BundlerTransformOptions, CompilerAssumptions, DecoratorOptions, Either, JsxOptions,
    TypeScriptOptions,
};

use crate::{
    error::{BundleError, Place, project_path},
    translate::{line_offset, normalize},
};

/// Longest chain of `extends`; beyond it the chain is taken for a circle.
const MAX_DEPTH: usize = 32;

/// What the bundler needs of the configuration.
#[derive(Debug, Default)]
pub(crate) struct ProjectTsconfig {
    /// Alias patterns with the absolute paths that replace them, in file order.
    paths: Vec<(String, Vec<PathBuf>)>,
    base_url: Option<PathBuf>,
    options: Options,
    /// Every file of the chain.
    pub files_read: Vec<PathBuf>,
    /// What was skipped.
    pub warnings: Vec<String>,
}

#[derive(Debug, Default)]
struct Options {
    verbatim_module_syntax: Option<bool>,
    experimental_decorators: Option<bool>,
    emit_decorator_metadata: Option<bool>,
    use_define_for_class_fields: Option<bool>,
    target: Option<String>,
    jsx: Option<String>,
    jsx_factory: Option<String>,
    jsx_fragment_factory: Option<String>,
    jsx_import_source: Option<String>,
}

impl ProjectTsconfig {
    /// Reads the configuration of `root`; without one everything has its default.
    pub fn load(root: &Path) -> Result<Self, BundleError> {
        let mut found = Self::default();
        for name in ["tsconfig.json", "jsconfig.json"] {
            let file = root.join(name);
            if file.is_file() {
                found.read(root, &file, 0)?;
                break;
            }
        }
        Ok(found)
    }

    /// Absolute paths that `specifier` may stand for, best first. Empty for relative specifiers.
    pub fn alias(&self, specifier: &str) -> Vec<PathBuf> {
        if specifier.starts_with('.') || specifier.starts_with('\0') {
            return Vec::new();
        }
        let mut best: Option<(usize, &str, &[PathBuf])> = None;
        for (pattern, targets) in &self.paths {
            let Some((prefix, suffix)) = pattern.split_once('*') else {
                if pattern == specifier {
                    best = Some((usize::MAX, "", targets));
                }
                continue;
            };
            let rest = specifier.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
            if let Some(rest) = rest
                && best.is_none_or(|(length, ..)| prefix.len() > length)
            {
                best = Some((prefix.len(), rest, targets));
            }
        }
        if let Some((_, rest, targets)) = best {
            return targets
                .iter()
                .map(|target| PathBuf::from(target.to_string_lossy().replacen('*', rest, 1)))
                .collect();
        }
        self.base_url.iter().map(|base| normalize(&base.join(specifier))).collect()
    }

    /// True when no alias can match.
    pub fn has_aliases(&self) -> bool {
        !self.paths.is_empty() || self.base_url.is_some()
    }

    /// Options of the TypeScript and JSX transforms.
    pub fn transform_options(&self) -> BundlerTransformOptions {
        let options = &self.options;
        let define = options
            .use_define_for_class_fields
            .unwrap_or_else(|| options.target.as_deref().is_none_or(targets_es2022));
        let classic = options.jsx.as_deref() == Some("react");
        BundlerTransformOptions {
            typescript: Some(TypeScriptOptions {
                only_remove_type_imports: options.verbatim_module_syntax,
                remove_class_fields_without_initializer: Some(!define),
                ..TypeScriptOptions::default()
            }),
            assumptions: Some(CompilerAssumptions {
                set_public_class_fields: Some(!define),
                ..CompilerAssumptions::default()
            }),
            decorator: Some(DecoratorOptions {
                legacy: options.experimental_decorators,
                emit_decorator_metadata: options.emit_decorator_metadata,
                ..DecoratorOptions::default()
            }),
            jsx: Some(Either::Right(JsxOptions {
                runtime: Some(if classic { "classic" } else { "automatic" }.to_owned()),
                pragma: options.jsx_factory.clone().filter(|_| classic),
                pragma_frag: options.jsx_fragment_factory.clone().filter(|_| classic),
                import_source: options.jsx_import_source.clone().filter(|_| !classic),
                ..JsxOptions::default()
            })),
            ..BundlerTransformOptions::default()
        }
    }

    /// Reads one file; what an earlier (more specific) file said stays.
    fn read(&mut self, root: &Path, file: &Path, depth: usize) -> Result<(), BundleError> {
        let shown = project_path(root, file);
        if depth > MAX_DEPTH || self.files_read.iter().any(|read| read == file) {
            return Ok(());
        }
        self.files_read.push(file.to_path_buf());
        let text = fs::read_to_string(file).map_err(|error| unreadable(&shown, &error))?;
        let parsed = TsConfig::parse(depth == 0, file, file, text.clone()).map_err(|error| {
            let offset = line_offset(&text, error.line()) + error.column().saturating_sub(1);
            BundleError {
                code: "bundle/tsconfig",
                message: format!("invalid configuration: {error}"),
                place: Some(Box::new(Place::token(shown.clone(), &text, offset))),
                hint: None,
            }
        })?;
        let dir = file.parent().unwrap_or(root);
        self.merge(dir, parsed.compiler_options);
        let bases = match parsed.extends {
            Some(ExtendsField::Single(base)) => vec![base],
            Some(ExtendsField::Multiple(bases)) => bases,
            None => Vec::new(),
        };
        // Of several bases the last wins, so it is read first.
        for base in bases.iter().rev() {
            match find_base(dir, base) {
                Some(file) => self.read(root, &file, depth + 1)?,
                None if base.starts_with("astro/tsconfigs/") => {
                    // The one setting of Astro's own bases that changes emitted code.
                    self.options.verbatim_module_syntax.get_or_insert(true);
                }
                None => self.warnings.push(format!(
                    "{}: `extends` names `{base}`, which is not there",
                    shown.display()
                )),
            }
        }
        Ok(())
    }

    fn merge(&mut self, dir: &Path, options: CompilerOptions) {
        let CompilerOptions { base_url, paths, .. } = &options;
        let base = base_url.as_ref().map(|base| normalize(&dir.join(strip_config_dir(base))));
        if self.paths.is_empty()
            && let Some(paths) = paths
        {
            let from = base.as_deref().or(self.base_url.as_deref()).unwrap_or(dir);
            let absolute = |target: &PathBuf| normalize(&from.join(strip_config_dir(target)));
            self.paths = paths
                .iter()
                .map(|(pattern, targets)| (pattern.clone(), targets.iter().map(absolute).collect()))
                .collect();
        }
        self.base_url = self.base_url.take().or(base);
        let own = &mut self.options;
        own.verbatim_module_syntax = own.verbatim_module_syntax.or(options.verbatim_module_syntax);
        own.experimental_decorators =
            own.experimental_decorators.or(options.experimental_decorators);
        own.emit_decorator_metadata =
            own.emit_decorator_metadata.or(options.emit_decorator_metadata);
        own.use_define_for_class_fields =
            own.use_define_for_class_fields.or(options.use_define_for_class_fields);
        own.target = own.target.take().or(options.target);
        own.jsx = own.jsx.take().or(options.jsx);
        own.jsx_factory = own.jsx_factory.take().or(options.jsx_factory);
        own.jsx_fragment_factory = own.jsx_fragment_factory.take().or(options.jsx_fragment_factory);
        own.jsx_import_source = own.jsx_import_source.take().or(options.jsx_import_source);
    }
}

fn unreadable(shown: &Path, error: &io::Error) -> BundleError {
    BundleError {
        code: "bundle/unreadable-file",
        message: format!("cannot read `{}`: {error}", shown.display()),
        place: Some(Box::new(Place::file(shown.to_path_buf()))),
        hint: None,
    }
}

/// `${configDir}` stands for the folder of the file, which is where paths start anyway.
fn strip_config_dir(path: &Path) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix("${configDir}")) {
        Some(rest) => PathBuf::from(rest.trim_start_matches('/')),
        None => path.to_path_buf(),
    }
}

fn find_base(dir: &Path, base: &str) -> Option<PathBuf> {
    let with_extension = |path: PathBuf| {
        let mut name = path.clone().into_os_string();
        name.push(".json");
        [path.clone(), PathBuf::from(name), path.join("tsconfig.json")]
            .into_iter()
            .find(|path| path.is_file())
    };
    if crate::translate::is_path(base) {
        return with_extension(normalize(&dir.join(base)));
    }
    dir.ancestors().find_map(|dir| with_extension(dir.join("node_modules").join(base)))
}

fn targets_es2022(target: &str) -> bool {
    let lower = target.to_ascii_lowercase();
    lower == "esnext"
        || lower
            .strip_prefix("es")
            .and_then(|year| year.parse().ok())
            .is_some_and(|year: u32| year >= 2022)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().expect("inside")).expect("writable");
            fs::write(path, text).expect("writable");
        }
        dir
    }

    #[test]
    fn aliases_follow_paths_and_base_url() {
        let dir = project(&[(
            "tsconfig.json",
            r#"{ // comment
              "compilerOptions": { "baseUrl": "./src", "paths": {
                "@/*": ["*"], "@/lib/*": ["library/*", "lib/*"], "exact": ["e.ts"], "*/end": ["../*/x"],
            } } }"#,
        )]);
        let config = ProjectTsconfig::load(dir.path()).expect("valid");
        let check = |specifier: &str, expected: &[&str]| {
            let expected: Vec<PathBuf> =
                expected.iter().map(|path| dir.path().join(path)).collect();
            assert_eq!(config.alias(specifier), expected, "{specifier}");
        };
        check("@/db", &["src/db"]);
        check("@/lib/db", &["src/library/db", "src/lib/db"]);
        check("exact", &["src/e.ts"]);
        check("a/end", &["a/x"]);
        check("other", &["src/other"]);
        check("./x", &[]);
    }

    #[test]
    fn extends_is_followed_and_may_be_missing() {
        let dir = project(&[
            ("tsconfig.json", r#"{ "extends": ["./base", "astro/tsconfigs/strict", "nowhere"] }"#),
            (
                "base.json",
                r#"{ "extends": "cfg/tsconfig.json", "compilerOptions": { "paths": { "~/*": ["./app/*"] } } }"#,
            ),
            (
                "node_modules/cfg/tsconfig.json",
                r#"{ "compilerOptions": { "experimentalDecorators": true } }"#,
            ),
        ]);
        let config = ProjectTsconfig::load(dir.path()).expect("valid");
        assert_eq!(config.alias("~/x"), [dir.path().join("app/x")]);
        assert_eq!(config.options.experimental_decorators, Some(true));
        assert_eq!(config.options.verbatim_module_syntax, Some(true));
        assert_eq!(config.files_read.len(), 3);
        assert!(
            config.warnings.len() == 1 && config.warnings[0].contains("`nowhere`"),
            "{:?}",
            config.warnings
        );
    }

    #[test]
    fn a_circle_ends_and_bad_json_has_a_place() {
        let dir = project(&[("tsconfig.json", r#"{ "extends": "./tsconfig.json" }"#)]);
        assert!(ProjectTsconfig::load(dir.path()).is_ok());
        let dir = project(&[("tsconfig.json", "{\n  \"compilerOptions\": 7\n}")]);
        let error = ProjectTsconfig::load(dir.path()).expect_err("not an object");
        assert_eq!(
            error.place.map(|place| (place.file, place.line)),
            Some(("tsconfig.json".into(), 2))
        );
    }
}
