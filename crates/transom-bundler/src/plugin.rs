//! The rolldown plugin that makes a project's imports mean what they mean on a server.
//!
//! Order of resolution: module that exists only in the binary and has a colon in its name; prefix that stays an
//! import; Node built-in; alias of the tsconfig; installed package or file; module of the binary. So an installed
//! package wins over a built-in one of the same name.

use std::{
    borrow::Cow,
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use nodejs_built_in_modules::is_nodejs_builtin_module;
use rolldown_common::{
    ImportKind, ModuleInfo, ModuleType, NormalModule, RUNTIME_MODULE_KEY, ResolvedExternal,
};
use rolldown_plugin::{
    HookLoadArgs, HookLoadOutput, HookLoadReturn, HookNoopReturn, HookResolveIdArgs,
    HookResolveIdOutput, HookResolveIdReturn, HookTransformArgs, HookTransformAstArgs,
    HookTransformAstReturn, HookTransformOutput, HookTransformReturn, HookUsage, Plugin,
    PluginContext, PluginContextResolveOptions, SharedLoadPluginContext,
    SharedTransformPluginContext,
};

use crate::{
    addons, error::project_path, import_meta_env, import_meta_env::Inliner, meta_resolve, missing,
    module_place, names::fnv1a, optional_peers, own_require, own_require::Corrected,
    record::Record, translate::is_path, tsconfig::ProjectTsconfig, wasm,
};

/// Id prefix of modules whose text the caller supplied.
pub(crate) const VIRTUAL: &str = "\0transom:module:";
/// Id prefix of modules in place of packages that load native addons; the file that asks follows.
const ADDON_LOADER: &str = "\0transom:addon-loader:";
/// Id prefix of bridges from `require` to a built-in module. They are CommonJS: what `() => require("node:x")` answers
/// would be lost with an ES module, whose value rolldown takes for unused there.
const REQUIRE: &str = "\0transom:require:";
/// Id prefix of what such a bridge stands on: the default export of the module.
const VALUE: &str = "\0transom:value:";

/// A CommonJS module without exports: what is imported from it is `undefined`, never a missing export.
const EMPTY_MODULE: &str = "module.exports = {};";

/// What stays the same during one bundle.
#[derive(Debug)]
pub(crate) struct Project {
    pub root: PathBuf,
    pub base_url: String,
    pub virtual_modules: HashMap<String, String>,
    pub externals: Vec<String>,
    pub tsconfig: ProjectTsconfig,
    pub inliner: Inliner,
}

#[derive(Debug)]
pub(crate) struct ProjectPlugin {
    pub project: Arc<Project>,
    pub record: Arc<Record>,
}

impl Plugin for ProjectPlugin {
    fn name(&self) -> Cow<'static, str> {
        "transom".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::ResolveId
            | HookUsage::Load
            | HookUsage::Transform
            | HookUsage::TransformAst
            | HookUsage::ModuleParsed
    }

    async fn resolve_id(
        &self,
        ctx: &PluginContext,
        args: &HookResolveIdArgs<'_>,
    ) -> HookResolveIdReturn {
        let specifier = args.specifier;
        let Some(importer) = args.importer else {
            return Ok(Some(self.entry(specifier)));
        };
        if specifier.starts_with(VALUE) {
            return Ok(Some(HookResolveIdOutput::from_id(specifier)));
        }
        if specifier.starts_with('\0') {
            return Ok(None);
        }
        let project = &*self.project;
        if let Some(name) = node_builtin(specifier) {
            return Ok(Some(self.builtin(name, args.kind)));
        }
        if project.externals.iter().any(|prefix| specifier.starts_with(prefix.as_str())) {
            return Ok(Some(external(specifier)));
        }
        if ["http://", "https://", "//"].iter().any(|scheme| specifier.starts_with(scheme)) {
            self.record.lock().url_imports.insert((importer.to_owned(), specifier.to_owned()));
            return Ok(Some(external(specifier)));
        }
        let is_virtual = project.virtual_modules.contains_key(specifier);
        if is_virtual && specifier.contains(':') {
            return Ok(Some(HookResolveIdOutput::from_id(format!("{VIRTUAL}{specifier}"))));
        }
        let packaged = importer.contains("node_modules");
        // A package may try for a module that is optional; only running it tells.
        let may_fail = match args.kind {
            ImportKind::Require => packaged || !is_path(specifier),
            ImportKind::DynamicImport => packaged,
            _ => false,
        };
        if is_path(specifier) {
            return match may_fail {
                true => self.resolve_or_fail_later(ctx, args, importer).await,
                false => Ok(None),
            };
        }
        if !packaged && project.tsconfig.has_aliases() {
            for target in project.tsconfig.alias(specifier) {
                if let Some(found) = self.resolve_as(ctx, &target.to_string_lossy(), args).await? {
                    return Ok(Some(found));
                }
            }
        }
        if is_virtual {
            let installed = self.resolve_as(ctx, specifier, args).await?;
            return Ok(Some(installed.unwrap_or_else(|| {
                HookResolveIdOutput::from_id(format!("{VIRTUAL}{specifier}"))
            })));
        }
        if addons::is_loader(specifier) {
            return Ok(Some(HookResolveIdOutput::from_id(format!("{ADDON_LOADER}{importer}"))));
        }
        if may_fail {
            return self.resolve_or_fail_later(ctx, args, importer).await;
        }
        Ok(None)
    }

    async fn load(&self, _ctx: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        if let Some(name) = args.id.strip_prefix(VIRTUAL) {
            return Ok(self
                .project
                .virtual_modules
                .get(name)
                .map(|source| javascript(source.clone())));
        }
        if let Some(name) = args.id.strip_prefix(REQUIRE) {
            let inner = serde_json::Value::String(format!("{VALUE}{name}"));
            return Ok(Some(javascript(format!("module.exports = require({inner});\n"))));
        }
        if let Some(name) = args.id.strip_prefix(VALUE) {
            // `require` answers what `import … from` calls the default export, as Node does.
            let code = format!(
                "import value from \"{name}\";\nexport {{ value as \"module.exports\" }};\n"
            );
            return Ok(Some(javascript(code)));
        }
        if let Some(importer) = args.id.strip_prefix(ADDON_LOADER) {
            return Ok(Some(javascript(addons::loader(addons::package_of(importer)))));
        }
        if let Some(text) = missing::source(args.id) {
            return Ok(Some(javascript(text)));
        }
        if args.id.starts_with('\0') {
            return Ok(None);
        }
        let (path, query) = match args.id.split_once('?') {
            // An entry whose name contains a question mark.
            Some(_) if Path::new(args.id).is_file() => (args.id, ""),
            Some(parts) => parts,
            None => (args.id, ""),
        };
        match query {
            "" if is_script(path) => Ok(None),
            "" if extension(path) == "node" => {
                Ok(Some(javascript(addons::addon(addons::package_of(path)))))
            }
            "" | "module" | "init" if extension(path) == "wasm" => {
                let bytes = tokio::fs::read(path).await?;
                Ok(wasm::module(&bytes, query).map(javascript))
            }
            "" if is_style(path) => Ok(Some(javascript(EMPTY_MODULE.to_owned()))),
            "raw" => {
                let text = tokio::fs::read_to_string(path).await?;
                Ok(Some(HookLoadOutput {
                    code: text.into(),
                    module_type: Some(ModuleType::Text),
                    ..Default::default()
                }))
            }
            "url" => {
                let url = self.asset(Path::new(path)).await?;
                Ok(Some(javascript(format!("export default {};", serde_json::Value::String(url)))))
            }
            _ => {
                self.record.lock().unsupported.insert(args.id.to_owned());
                Ok(Some(javascript(EMPTY_MODULE.to_owned())))
            }
        }
    }

    async fn transform_ast(
        &self,
        ctx: &PluginContext,
        args: HookTransformAstArgs<'_>,
    ) -> HookTransformAstReturn {
        let folder = Path::new(args.id).parent();
        let ways = self.ways(ctx, args.id, meta_resolve::packages(args.ast.source())).await?;
        let Corrected { mut ast, asks_at_run_time } = own_require::correct(args.ast, folder);
        if !ways.is_empty() {
            ast = meta_resolve::replace(ast, &ways);
        }
        if asks_at_run_time {
            self.record.lock().asks_at_run_time = true;
        }
        let project = &*self.project;
        let mut defines = project.inliner.defines(ast.source());
        if asks_at_run_time || module_place::is_asked_for(ast.source()) {
            defines.extend(module_place::defines(&project.root, args.id));
        }
        Ok(match defines.is_empty() {
            true => ast,
            false => import_meta_env::replace(ast, &defines),
        })
    }

    async fn transform(
        &self,
        _ctx: SharedTransformPluginContext,
        args: &HookTransformArgs<'_>,
    ) -> HookTransformReturn {
        let changed = match args.id == RUNTIME_MODULE_KEY {
            true => own_require::runtime(args.code),
            false => optional_peers::named(args.id, args.code),
        };
        Ok(changed
            .map(|code| HookTransformOutput { code: Some(code), ..HookTransformOutput::default() }))
    }

    async fn module_parsed(
        &self,
        _ctx: &PluginContext,
        info: Arc<ModuleInfo>,
        _module: &NormalModule,
    ) -> HookNoopReturn {
        let imports = info
            .imported_ids
            .iter()
            .chain(&info.dynamically_imported_ids)
            .map(ToString::to_string)
            .collect();
        self.record.lock().imports.insert(info.id.to_string(), imports);
        Ok(())
    }
}

impl ProjectPlugin {
    /// Entries are absolute files: resolving them again would trip over `?` and `#` in names.
    fn entry(&self, file: &str) -> HookResolveIdOutput {
        let package_json = Path::new(file)
            .ancestors()
            .skip(1)
            .map(|dir| dir.join("package.json"))
            .find(|path| path.is_file())
            .map(|path| path.to_string_lossy().into_owned());
        HookResolveIdOutput {
            package_json_path: package_json,
            ..HookResolveIdOutput::from_id(file)
        }
    }

    fn builtin(&self, name: &str, kind: ImportKind) -> HookResolveIdOutput {
        let specifier = format!("node:{name}");
        if self.project.virtual_modules.contains_key(&specifier) {
            return HookResolveIdOutput::from_id(format!("{VIRTUAL}{specifier}"));
        }
        match kind {
            ImportKind::Require => HookResolveIdOutput::from_id(format!("{REQUIRE}{specifier}")),
            _ => external(&specifier),
        }
    }

    /// What is not found has a module that throws in its place.
    async fn resolve_or_fail_later(
        &self,
        ctx: &PluginContext,
        args: &HookResolveIdArgs<'_>,
        importer: &str,
    ) -> HookResolveIdReturn {
        let found = self.resolve_as(ctx, args.specifier, args).await?;
        Ok(Some(found.unwrap_or_else(|| {
            let importer = project_path(&self.project.root, Path::new(importer));
            let is_import = matches!(args.kind, ImportKind::DynamicImport);
            let id = missing::id(is_import, args.specifier, &importer.to_string_lossy());
            HookResolveIdOutput::from_id(id)
        })))
    }

    async fn resolve_as(
        &self,
        ctx: &PluginContext,
        specifier: &str,
        args: &HookResolveIdArgs<'_>,
    ) -> anyhow::Result<Option<HookResolveIdOutput>> {
        let options = PluginContextResolveOptions {
            import_kind: args.kind,
            custom: Arc::clone(&args.custom),
            ..PluginContextResolveOptions::default()
        };
        let found = ctx.resolve(specifier, args.importer, Some(options)).await?;
        Ok(found.ok().map(HookResolveIdOutput::from_resolved_id))
    }

    /// The ways from the module `id` to the files of packages, by their names; without those that are not found.
    async fn ways(
        &self,
        ctx: &PluginContext,
        id: &str,
        packages: Vec<String>,
    ) -> anyhow::Result<HashMap<String, String>> {
        let mut ways = HashMap::new();
        for name in packages {
            if node_builtin(&name).is_some() {
                continue;
            }
            let found = ctx.resolve(&name, Some(id), None).await?;
            let folder = Path::new(id).parent();
            if let (Ok(found), Some(folder)) = (found, folder)
                && Path::new(found.id.as_str()).is_absolute()
            {
                ways.insert(name, meta_resolve::way(folder, Path::new(found.id.as_str())));
            }
        }
        Ok(ways)
    }

    /// Notes a file for `client/` and answers its URL path.
    async fn asset(&self, path: &Path) -> anyhow::Result<String> {
        let bytes = tokio::fs::read(path).await?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        let safe: String = stem
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
            .collect();
        let hash = fnv1a(&String::from_utf8_lossy(&bytes));
        let file = format!("_astro/{safe}.{hash:08x}.{extension}");
        let url = format!("{}/{file}", self.project.base_url.trim_end_matches('/'));
        self.record.lock().assets.insert(path.to_path_buf(), file);
        Ok(url)
    }
}

/// The name without `node:` if the specifier is a Node module.
fn node_builtin(specifier: &str) -> Option<&str> {
    specifier
        .strip_prefix("node:")
        .or_else(|| is_nodejs_builtin_module(specifier).then_some(specifier))
}

fn external(specifier: &str) -> HookResolveIdOutput {
    HookResolveIdOutput {
        external: Some(ResolvedExternal::Bool(true)),
        ..HookResolveIdOutput::from_id(specifier)
    }
}

fn javascript(code: String) -> HookLoadOutput {
    HookLoadOutput {
        code: code.into(),
        module_type: Some(ModuleType::Js),
        ..HookLoadOutput::default()
    }
}

fn extension(path: &str) -> &str {
    Path::new(path).extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

fn is_script(path: &str) -> bool {
    ["ts", "js", "mts", "mjs", "cts", "cjs", "tsx", "jsx", "json", ""].contains(&extension(path))
}

fn is_style(path: &str) -> bool {
    ["css", "scss", "sass", "less", "styl", "stylus", "pcss", "postcss"].contains(&extension(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_modules_are_known_by_both_names() {
        assert_eq!(node_builtin("fs/promises"), Some("fs/promises"));
        assert_eq!(node_builtin("node:sqlite"), Some("sqlite"));
        assert_eq!(node_builtin("express"), None);
        assert_eq!(node_builtin("punycode/"), None, "the slash asks for the package");
    }
}
